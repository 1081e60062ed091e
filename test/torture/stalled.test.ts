import { expect, it } from 'vitest';
import { stallSubscriber } from '../../scripts/torture/stall-subscriber.ts';

// The short form of `npm run torture -- stalled`.
it('ends a stalled subscriber, while the others get everything', async () => {
  const { counts } = await stallSubscriber({
    ...{ subscribers: 50, reportsPerSecond: 500, seconds: 1 },
    log: () => undefined,
  });
  expect(counts).toMatchObject({
    'stalled clients': 1,
    'ended with SLOW_CONSUMER': 1,
    'events to the others': 50_000,
    missing: 0,
  });
});
