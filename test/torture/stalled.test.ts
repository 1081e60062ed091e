import { expect, it } from 'vitest';
import { stallSubscriber } from '../../scripts/torture/stall-subscriber.ts';

// The short form of `npm run torture -- stalled`. What is fast enough, only the long form can tell.
it('ends a stalled socket, while the others get everything', async () => {
  const { counts } = await stallSubscriber({
    ...{ subscribers: 25, reportsPerSecond: 300, windows: 1, windowSeconds: 2 },
    log: () => undefined,
  });
  expect(counts).toMatchObject({
    'stalled clients': 1,
    'ended with SLOW_CONSUMER': 1,
    missing: 0,
    'reports missing or twice in the feed': 0,
    'events unlike those of the others': 0,
    'errors in the log': 0,
  });
  expect(counts['events to the others']).toBe(Number(counts['reports acknowledged']) * 25);
  expect(counts['reports acknowledged']).toBeGreaterThan(500);
}, 120_000);
