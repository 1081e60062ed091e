import { expect, it } from 'vitest';
import { postEverywhere } from '../../scripts/torture/post-everywhere.ts';

// The short form of `npm run torture -- duplicates`.
it('makes one entry and one event of each report that three gateways are told at once', async () => {
  const { counts, isPassed } = await postEverywhere({ replicas: 3, reports: 300, reportsPerSecond: 200 });
  expect(counts).toMatchObject({
    'events in all': 900,
    'events missing': 0,
    'events twice': 0,
    lost: 0,
    twice: 0,
  });
  expect(counts['posts told to be duplicates']).toBeGreaterThanOrEqual(600);
  expect(isPassed).toBe(true);
}, 120_000);
