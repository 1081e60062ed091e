import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countSequences } from '../../../src/resolvers/send-guards/sequence-charges.ts';
import type { Counters } from '../../../src/store/store.ts';

const isRefused = (numbers: readonly number[], runLength: number) => {
  const counters: Counters = { charge: async () => ({ isCharged: true }), refund: async () => undefined };
  const parts = { counters, workspace: 'main', runLength, nowMs: 0 };
  return countSequences(
    numbers.map((number) => `+${number}`),
    parts,
  ).some(({ charge }) => charge.amount > charge.limit);
};

describe('countSequences', () => {
  it('refuses every run of the length, wherever on the number line it begins', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10 ** 11, max: 10 ** 14 }),
        fc.integer({ min: 2, max: 100 }),
        (first, length) => {
          const run = Array.from({ length }, (_, index) => first + index);
          expect(isRefused(run, length)).toBe(true);
        },
      ),
    );
  });

  it('never refuses as many numbers as less than half a run, however close', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10 ** 11, max: 10 ** 14 }),
        fc.integer({ min: 4, max: 100 }),
        (first, length) => {
          const few = Array.from({ length: Math.ceil(length / 2) - 1 }, (_, index) => first + index);
          expect(isRefused(few, length)).toBe(false);
        },
      ),
    );
  });

  it('does not mind numbers that are far apart', () => {
    const numbers = Array.from({ length: 100 }, (_, index) => 447_400_000_000 + index * 21);
    expect(isRefused(numbers, 20)).toBe(false);
  });
});
