import { describe, expect, it } from 'vitest';
import { findPage } from '../../../../src/simulator/endpoints/messages/message-search.ts';
import { createMessageJournal } from '../../../../src/simulator/messages/message-journal.ts';
import type { MessageRecord } from '../../../../src/simulator/messages/message-record.ts';

const COUNT = 100_000;
const HOUR_MS = 3_600_000;

/** A journal of a hundred thousand messages, a minute apart, that counts how often it is looked into. */
function fillJournal() {
  let looks = 0;
  const journal = createMessageJournal(() => 0);
  for (let id = 0; id < COUNT; id += 1) {
    const record = {
      id,
      source: 'api',
      status: 'DELIVRD',
      messageId: `m${id}`,
      get createdAtMs() {
        looks += 1;
        return id * 60_000;
      },
    };
    journal.append(record as MessageRecord);
  }
  return { journal, countLooks: () => looks };
}

describe('a page of a hundred thousand messages', () => {
  it('is found by looking at a few of them, however deep it lies', () => {
    const { journal, countLooks } = fillJournal();
    const range = { fromMs: 100 * HOUR_MS, untilMs: 1_600 * HOUR_MS };
    const filter = { range, source: 'api', predicates: [] } as const;
    const { rows, total } = findPage(journal, filter, { page: 900, limit: 100 });
    expect(total).toBe(1_500 * 60);
    expect(rows.map(({ id }) => id)).toEqual(
      Array.from({ length: 100 }, (_, index) => 96_000 - 89_900 - 1 - index),
    );
    expect(countLooks()).toBeLessThan(100);
  });

  it('is right at both ends of the range, with and without a filter', () => {
    const { journal } = fillJournal();
    const range = { fromMs: 60_000, untilMs: 60_000 * 8 }; // messages 1 to 7
    const odd = ({ id }: MessageRecord) => id % 2 === 1;
    const idsOf = (predicates: readonly (typeof odd)[], page: number) =>
      findPage(journal, { range, source: 'api', predicates }, { page, limit: 3 }).rows.map(({ id }) => id);
    expect([1, 2, 3, 4].map((page) => idsOf([], page))).toEqual([[7, 6, 5], [4, 3, 2], [1], []]);
    expect([1, 2, 3].map((page) => idsOf([odd], page))).toEqual([[7, 5, 3], [1], []]);
  });
});
