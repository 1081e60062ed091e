import { expect, it } from 'vitest';
import { resumeSubscribers } from '../../scripts/torture/resume-subscribers.ts';

// The short form of `npm run torture -- resume`.
it('lets no subscriber miss an event while the replicas are restarted one after the other', async () => {
  const { counts } = await resumeSubscribers({
    ...{ replicas: 2, subscribers: 10, reportsPerSecond: 50, rounds: 1 },
    log: () => undefined,
  });
  expect(counts).toMatchObject({
    subscribers: 10,
    missing: 0,
    'repeated under another cursor': 0,
    'out of order': 0,
  });
  expect(counts['reconnects']).toBeGreaterThanOrEqual(10);
}, 60_000);
