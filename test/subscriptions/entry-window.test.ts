import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparePositions, type LogEntry } from '../../src/store/store.ts';
import { createEntryWindow } from '../../src/subscriptions/entry-window.ts';
import { createReport, WORKSPACE } from './support.ts';

const positionOf = (number: number) => `${100 + Math.floor(number / 3)}-${number % 3}`;
const entryOf = (number: number): LogEntry => ({
  position: positionOf(number),
  workspace: WORKSPACE,
  report: createReport({ messageId: `m-${number}` }),
});

describe('the window of the newest entries', () => {
  it('gives exactly what came after a position, or says that it cannot', () => {
    const numbers = fc.nat(60);
    fc.assert(
      fc.property(numbers, numbers, fc.integer({ min: 1, max: 20 }), (count, after, limit) => {
        const window = createEntryWindow(positionOf(4), 16);
        const added = Array.from({ length: count }, (_, index) => entryOf(index + 5));
        for (const entry of added) window.add(entry);
        const read = window.readAfter(positionOf(after), limit);
        const expected = added.filter(({ position }) => comparePositions(position, positionOf(after)) > 0);
        if (read === null) expect(after < 4 || expected.length > 8).toBe(true);
        else expect(read).toEqual(expected.slice(0, limit));
      }),
    );
  });

  it('holds what it was made to hold, and not what came before it was made', () => {
    const window = createEntryWindow(positionOf(4), 16);
    for (let number = 5; number < 200; number += 1) window.add(entryOf(number));
    expect(window.readAfter(positionOf(3), 10)).toBeNull();
    expect(window.readAfter(positionOf(150), 10)).toBeNull();
    expect(window.readAfter(positionOf(191), 100)).toEqual(
      [192, 193, 194, 195, 196, 197, 198, 199].map(entryOf),
    );
    expect(window.readAfter(positionOf(199), 10)).toEqual([]);
  });

  it('is empty, not ignorant, at its beginning', () => {
    expect(createEntryWindow('0-0').readAfter('0-0', 10)).toEqual([]);
  });
});
