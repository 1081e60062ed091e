import { expect, it } from 'vitest';
import { surviveFailovers } from '../../scripts/torture/survive-failovers.ts';

// The short form of `npm run torture -- failover`.
it('loses nothing acknowledged and texts nobody twice while replicas of Redis are promoted', async () => {
  const { isPassed, counts } = await surviveFailovers({
    promotions: 3,
    reportsPerSecond: 100,
    sendsPerSecond: 10,
    longestLifeMs: 500,
    patienceMs: 3000,
    log: () => undefined,
  });
  expect(counts).toMatchObject({
    promotions: 3,
    lost: 0,
    twice: 0,
    doubles: 0,
    'told another message': 0,
    'still unknown': 0,
  });
  expect(isPassed).toBe(true);
}, 300_000);
