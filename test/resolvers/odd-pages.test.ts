import { describe, expect, it } from 'vitest';
import { MovingList } from '../support/moving-list.ts';
import { walkAll } from '../support/walk-all.ts';

const always = (first: number) => () => first;

describe('walkPage at a provider that is not as documented', () => {
  it.each([10, 50, 99])('gets every row once though a page holds no more than %i rows', async (maxRows) => {
    for (const isAppendOnly of [true, false]) {
      const list = new MovingList();
      list.maxRows = maxRows;
      list.arrive(500);
      const atStart = list.items.map((item) => item.id);
      const ids = await walkAll(list.asPagedList(isAppendOnly), always(60), () => list.arrive(3));
      expect(ids).toEqual(atStart);
    }
  });

  it.each([1, 3, 25])(
    'goes on behind whole pages of rows that make no sense, %i at a time',
    async (first) => {
      const list = new MovingList();
      list.arrive(60);
      list.isUnreadable = ({ id }) => ['row-60', 'row-59', 'row-58', 'row-40', 'row-1'].includes(id);
      const readable = list.items.filter((item) => !list.isUnreadable(item)).map((item) => item.id);
      expect(await walkAll(list.asPagedList(true), always(first))).toEqual(readable);
    },
  );
});
