import { assert, boolean, integer, property } from 'fast-check';
import { expect, it } from 'vitest';
import { windowBehind } from '../../src/resolvers/page-window.ts';

const offsets = integer({ min: 0, max: 1_000_000 });
const counts = integer({ min: 1, max: 100 });

it('asks for a page that the provider can serve, and that leads on behind the anchor', () => {
  assert(
    property(offsets, counts, boolean(), (anchorOffset, count, mayHideAnchor) => {
      const { page, limit, start } = windowBehind({ anchorOffset, count, mayHideAnchor });
      expect(limit).toBeGreaterThanOrEqual(1);
      expect(limit).toBeLessThanOrEqual(100);
      expect(start).toBe((page - 1) * limit);
      expect(start + limit - 1).toBeGreaterThan(anchorOffset);
      expect(start).toBeLessThanOrEqual(mayHideAnchor ? anchorOffset + 1 : anchorOffset);
    }),
  );
});

it('holds the anchor and all rows wanted in one page, up to 50 rows', () => {
  assert(
    property(offsets, integer({ min: 1, max: 50 }), (anchorOffset, count) => {
      const { start, limit } = windowBehind({ anchorOffset, count, mayHideAnchor: false });
      expect(start + limit).toBeGreaterThan(anchorOffset + count);
    }),
    { numRuns: 2000 },
  );
});

it('starts right behind the anchor when that is a page of the provider', () => {
  expect(windowBehind({ anchorOffset: 74, count: 25, mayHideAnchor: true })).toEqual({
    page: 4,
    limit: 25,
    start: 75,
  });
  expect(windowBehind({ anchorOffset: 299, count: 100, mayHideAnchor: true })).toEqual({
    page: 4,
    limit: 100,
    start: 300,
  });
});
