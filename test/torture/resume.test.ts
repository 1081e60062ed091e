import { expect, it } from 'vitest';
import { resumeSubscribers } from '../../scripts/torture/resume-subscribers.ts';

// The short form of `npm run torture -- resume`.
it('lets no subscriber miss an event while replicas are drained and killed under load', async () => {
  const { counts, isPassed } = await resumeSubscribers({
    ...{ replicas: 2, sockets: 16, streams: 4, followers: 4, reportsPerSecond: 100 },
    signals: ['SIGTERM', 'SIGKILL'],
    ...{ pauseMs: 200, noticeMs: 100, log: () => undefined },
  });
  expect(counts).toMatchObject({
    missing: 0,
    'events under two cursors': 0,
    'out of order': 0,
    'messages left without an end': 0,
    'status changes missing or out of order': 0,
    'exit codes': '0 killed',
  });
  expect(counts['reports acknowledged']).toBeGreaterThan(100);
  expect(counts['duplicates, with the same cursor']).toBeGreaterThan(0);
  expect(isPassed).toBe(true);
}, 120_000);
