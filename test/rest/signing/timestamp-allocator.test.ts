import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTimestampAllocator } from '../../../src/rest/signing/timestamp-allocator.ts';

const NOW = 1_770_978_600;

const takeAll = (reachSeconds: number): (number | null)[] => {
  const timestamps = createTimestampAllocator({ reachSeconds, maxKinds: 10 });
  return Array.from({ length: 2 * reachSeconds + 2 }, () => timestamps.take('GET /a', NOW));
};

describe('timestamps for signatures', () => {
  it('are the present first, then back through the window, then ahead of it, then none', () => {
    expect(takeAll(2)).toEqual([NOW, NOW - 1, NOW - 2, NOW + 1, NOW + 2, null]);
  });

  it('are free again as time goes on', () => {
    const timestamps = createTimestampAllocator({ reachSeconds: 1, maxKinds: 10 });
    for (let taken = 0; taken < 3; taken += 1) timestamps.take('GET /a', NOW);
    expect(timestamps.take('GET /a', NOW)).toBeNull();
    expect(timestamps.take('GET /a', NOW + 1)).toBe(NOW + 2);
    expect(timestamps.take('GET /a', NOW + 1)).toBeNull();
  });

  it('of different requests may be the same', () => {
    const timestamps = createTimestampAllocator({ reachSeconds: 1, maxKinds: 10 });
    expect(timestamps.take('GET /a', NOW)).toBe(NOW);
    expect(timestamps.take('GET /b', NOW)).toBe(NOW);
  });

  it('go elsewhere when asked to', () => {
    const timestamps = createTimestampAllocator({ reachSeconds: 100, maxKinds: 10 });
    expect(timestamps.take('GET /a', NOW, NOW - 50)).toBe(NOW - 50);
    expect(timestamps.take('GET /a', NOW, NOW - 50)).toBe(NOW - 51);
  });

  it('never repeat for one kind of request and stay within reach, whatever comes when', () => {
    const steps = fc.array(
      fc.record({
        kind: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
        passes: fc.integer({ min: -2, max: 4 }),
        offset: fc.option(fc.integer({ min: -8, max: 8 }), { nil: null }),
      }),
      { maxLength: 300 },
    );
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 5 }), (sequence, maxKinds) => {
        const reachSeconds = 6;
        const timestamps = createTimestampAllocator({ reachSeconds, maxKinds });
        const seen = new Set<string>();
        let now = NOW;
        for (const { kind, passes, offset } of sequence) {
          now += passes;
          const taken = timestamps.take(kind, now, offset === null ? now : now + offset);
          if (taken === null) continue;
          expect(Math.abs(taken - now)).toBeLessThanOrEqual(reachSeconds);
          expect(seen).not.toContain(`${kind} ${taken}`);
          seen.add(`${kind} ${taken}`);
        }
      }),
    );
  });

  it('are refused only when every second within reach was used', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -5, max: 5 }), { maxLength: 30 }), (offsets) => {
        const timestamps = createTimestampAllocator({ reachSeconds: 5, maxKinds: 10 });
        const taken = offsets.map((offset) => timestamps.take('a', NOW, NOW + offset));
        const successes = taken.filter((second) => second !== null);
        expect(successes.length).toBe(Math.min(offsets.length, 11));
      }),
    );
  });

  it('forget nothing that matters when there are more kinds than can be remembered', () => {
    const timestamps = createTimestampAllocator({ reachSeconds: 5, maxKinds: 2 });
    expect(timestamps.take('a', NOW)).toBe(NOW);
    for (const other of ['b', 'c', 'd']) timestamps.take(other, NOW);
    expect(timestamps.take('a', NOW)).toBeGreaterThan(NOW);
  });

  it('cost next to nothing for a hundred thousand messages asked for within a second', () => {
    const timestamps = createTimestampAllocator({ reachSeconds: 270, maxKinds: 50_000 });
    const startedAt = performance.now();
    for (let id = 0; id < 100_000; id += 1) timestamps.take(`GET /sms/status/${id}`, NOW);
    expect(performance.now() - startedAt).toBeLessThan(10_000); // without an index it takes minutes
  });
});
