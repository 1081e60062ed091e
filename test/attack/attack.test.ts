import { expect, it } from 'vitest';
import { runAttack } from '../../scripts/attack/run-attack.ts';

// The short form of `npm run attack`: every attack of the corpus once, fewer repeats within each.
it('holds against everything at once, and goes on serving who does nothing wrong', async () => {
  const { attacks, crashes, findings, letThrough, goodClient } = await runAttack({
    seconds: 1,
    isShort: true,
    log: () => undefined,
  });
  expect(attacks).toBeGreaterThan(300);
  expect(crashes).toEqual([]);
  expect(findings).toEqual([]);
  expect(letThrough.sends).toBeGreaterThan(0);
  expect(letThrough.sends).toBeLessThanOrEqual(letThrough.limit);
  expect(goodClient.during.requests).toBeGreaterThan(0);
}, 180_000);
