import { expect, it } from 'vitest';
import { appendThrice } from '../../scripts/torture/append-thrice.ts';
import { crashEmbedded } from '../../scripts/torture/crash-embedded.ts';
import { crashRedis } from '../../scripts/torture/crash-redis.ts';

// The short forms of `npm run torture -- crash duplicates`.
const ROUNDS = 3;
const quiet = () => undefined;

it('loses no acknowledged report when the process that appends is killed at random moments', async () => {
  const { counts } = await crashEmbedded(ROUNDS, quiet);
  expect(counts).toMatchObject({ kills: ROUNDS, lost: 0, twice: 0 });
  expect(counts['acknowledged']).toBeGreaterThan(ROUNDS);
}, 60_000);

it('loses no acknowledged report when Redis is killed at random moments', async () => {
  const { counts } = await crashRedis(ROUNDS, quiet);
  expect(counts).toMatchObject({ kills: ROUNDS, lost: 0, twice: 0 });
  expect(counts['acknowledged']).toBeGreaterThan(ROUNDS);
}, 60_000);

it('makes one entry of each report that three processes append at once', async () => {
  const { counts } = await appendThrice(300);
  expect(counts).toMatchObject({ calledNewTwice: 0, lost: 0, twice: 0 });
  expect(counts['acknowledged']).toBeGreaterThanOrEqual(900);
}, 60_000);
