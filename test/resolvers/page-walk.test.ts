import { array, assert, asyncProperty, boolean, constantFrom, integer, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anchorAt } from '../../src/resolvers/page-anchor.ts';
import { walkPage } from '../../src/resolvers/page-walk.ts';
import { MovingList } from '../support/moving-list.ts';
import { walkAll } from '../support/walk-all.ts';

const always = (first: number) => () => first;

describe('walkPage on a list that stands still', () => {
  it.each([1, 7, 24, 25, 26, 50, 99, 100])(
    'gets every row once, %i at a time, with one call a page',
    async (first) => {
      const list = new MovingList();
      list.arrive(330);
      const ids = await walkAll(list.asPagedList(true), always(first));
      expect(ids).toEqual(list.items.map((item) => item.id));
      expect(list.calls).toHaveLength(Math.ceil(330 / first));
    },
  );

  it('asks for exactly the provider page that the rows make up, so that clients share answers', async () => {
    const list = new MovingList();
    list.arrive(100);
    await walkAll(list.asPagedList(true), always(25));
    expect(list.calls.map(({ page, limit }) => [page, limit])).toEqual([
      [1, 25],
      [2, 25],
      [3, 25],
      [4, 25],
    ]);
  });

  it('never asks for more than 100 rows a call', async () => {
    const list = new MovingList();
    list.arrive(700);
    await walkAll(list.asPagedList(false), (index) => 60 + (index % 41));
    expect(Math.max(...list.calls.map((call) => call.limit))).toBeLessThanOrEqual(100);
  });

  it('gets rows of one instant once each, though nothing but their ids tells them apart', async () => {
    const list = new MovingList();
    list.arrive(250, 0);
    const ids = await walkAll(list.asPagedList(true), always(40));
    expect(ids).toEqual(list.items.map((item) => item.id));
  });

  it('answers an empty list with one call', async () => {
    const list = new MovingList();
    expect(await walkAll(list.asPagedList(true), always(25))).toEqual([]);
    expect(list.calls).toHaveLength(1);
  });
});

describe('walkPage while rows arrive at the head', () => {
  it('pages 1,000 rows while 200 arrive, and gets each exactly once, in order', async () => {
    const list = new MovingList();
    list.arrive(1000);
    const atStart = list.items.map((item) => item.id);
    const ids = await walkAll(list.asPagedList(true), always(25), () =>
      list.arrive(list.items.length < 1200 ? 8 : 0),
    );
    expect(ids).toEqual(atStart);
    expect(list.items).toHaveLength(1200);
    expect(list.calls.length).toBeLessThanOrEqual(50); // 40 pages
  });

  it('finds its place again after far more arrivals than a page holds, with two calls', async () => {
    const list = new MovingList();
    list.arrive(1000);
    const paged = list.asPagedList(true);
    const head = await walkPage(paged, null, 25);
    const anchor = anchorAt(head.rows, 24, null);
    list.arrive(5000);
    list.calls.length = 0;
    const { rows } = await walkPage(paged, anchor, 25);
    expect(rows.map((row) => row.rowId)).toEqual(list.items.slice(5025, 5050).map((item) => item.id));
    expect(list.calls).toHaveLength(2);
  });

  it('loses nothing when rows arrive between the calls of one page', async () => {
    const list = new MovingList();
    list.arrive(500);
    const atStart = list.items.map((item) => item.id);
    list.beforeCall = () => list.arrive(3);
    const ids = await walkAll(list.asPagedList(true), always(100));
    expect(ids.slice(-500)).toEqual(atStart);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('keeps apart rows that arrive with the very instant of the last row seen', async () => {
    const list = new MovingList();
    list.arrive(60, 0);
    const atStart = list.items.map((item) => item.id);
    const ids = await walkAll(list.asPagedList(true), always(20), () => list.arrive(7, 0));
    expect(ids).toEqual(atStart);
  });
});

describe('walkPage on a list with flaws', () => {
  it.each([true, false])('goes past rows that could not be read (append-only: %s)', async (isAppendOnly) => {
    const list = new MovingList();
    list.arrive(400);
    list.isUnreadable = (item) => Number(item.id.slice(4)) % 7 < 2;
    const readable = list.items.filter((item) => !list.isUnreadable(item)).map((item) => item.id);
    const ids = await walkAll(list.asPagedList(isAppendOnly), always(30), () => list.arrive(3));
    expect(ids).toEqual(readable);
  });

  it('loses no row whose instant is out of order', async () => {
    const list = new MovingList();
    const arriveInDisorder = (count: number) => {
      for (let row = 0; row < count; row += 1) list.arrive(1, row % 3 === 0 ? -2000 : 3000);
    };
    arriveInDisorder(500);
    const atStart = list.items.map((item) => item.id);
    const ids = await walkAll(list.asPagedList(true), always(40), () => arriveInDisorder(9));
    expect(ids).toEqual(atStart);
  });
});

describe('walkPage while rows leave', () => {
  it('goes on behind the last row seen when that row itself has left', async () => {
    const list = new MovingList();
    list.arrive(300);
    const paged = list.asPagedList(false);
    const head = await walkPage(paged, null, 25);
    const anchor = anchorAt(head.rows, 24, null);
    const expected = list.items.slice(25, 50).map((item) => item.id);
    list.remove((_item, index) => index === 24 || index === 3);
    const { rows } = await walkPage(paged, anchor, 25);
    expect(rows.map((row) => row.rowId)).toEqual(expected);
  });

  it('returns the rest of a batch of one instant when all that was seen of it has left', async () => {
    const list = new MovingList();
    list.arrive(50);
    list.arrive(100, 0);
    list.arrive(10);
    const paged = list.asPagedList(false);
    const head = await walkPage(paged, null, 60);
    const anchor = anchorAt(head.rows, 59, null);
    const expected = list.items.slice(60, 120).map((item) => item.id);
    const seen = new Set(head.rows.slice(30).map((row) => row.rowId));
    list.remove((item) => seen.has(item.id));
    const { rows } = await walkPage(paged, anchor, 60);
    expect(rows.map((row) => row.rowId)).toEqual(expected);
  });

  it('finds a far-off place within a few calls after most of the list has left', async () => {
    const list = new MovingList();
    list.arrive(30_000);
    const paged = list.asPagedList(false);
    const { rows: seen } = await walkPage(paged, null, 100);
    const deep = { ...seen[99], offset: 20_000, total: 30_000 };
    const anchorRow = list.items[20_000];
    if (anchorRow === undefined) throw new Error('the list is too short');
    const expected = list.items.slice(20_001, 20_026).map((item) => item.id);
    list.remove((_item, index) => index <= 20_000 && index % 50 !== 1);
    list.calls.length = 0;
    const anchor = { ...deep, rowId: anchorRow.id, at: anchorRow.at, ties: [] };
    const { rows } = await walkPage(paged, anchor, 25);
    expect(rows.map((row) => row.rowId)).toEqual(expected);
    expect(list.calls.length).toBeLessThanOrEqual(16);
  });

  it('is at the end when everything behind the last row seen has left', async () => {
    const list = new MovingList();
    list.arrive(100);
    const paged = list.asPagedList(false);
    const head = await walkPage(paged, null, 25);
    list.remove((_item, index) => index >= 20);
    const { rows } = await walkPage(paged, anchorAt(head.rows, 24, null), 25);
    expect(rows).toEqual([]);
  });
});

describe('walkPage, whatever happens between two pages', () => {
  const turn = record({
    first: integer({ min: 1, max: 100 }),
    arrivals: integer({ min: 0, max: 150 }),
    stepMs: constantFrom(0, 0, 1000),
    leaveEvery: integer({ min: 0, max: 6 }),
    isTailTrimmed: boolean(),
  });

  it('hands out every row that stays in the list exactly once, and no row twice', async () => {
    await assert(
      asyncProperty(
        integer({ min: 0, max: 900 }),
        array(turn, { minLength: 1, maxLength: 12 }),
        async (size, turns) => {
          const list = new MovingList();
          for (let row = 0; row < size; row += 1) list.arrive(1, row % 4 === 0 ? 1000 : 0);
          const atStart = list.items.map((item) => item.id);
          const turnAt = (index: number) =>
            turns[index % turns.length] ?? { first: 1, arrivals: 0, stepMs: 0, leaveEvery: 0 };
          const ids = await walkAll(
            list.asPagedList(false),
            (index) => Math.max(turnAt(index).first, 10),
            (index) => {
              const { arrivals, stepMs, leaveEvery } = turnAt(index);
              list.arrive(arrivals, stepMs);
              if (leaveEvery > 1) list.remove((item) => Number(item.id.slice(4)) % leaveEvery === 0);
            },
          );
          expect(new Set(ids).size).toBe(ids.length);
          const given = new Set(ids);
          const stayed = new Set(list.items.map((item) => item.id));
          expect(atStart.filter((id) => stayed.has(id) && !given.has(id))).toEqual([]);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('does so with few calls on lists that only grow at the head and are trimmed at the tail', async () => {
    await assert(
      asyncProperty(
        integer({ min: 0, max: 900 }),
        array(turn, { minLength: 1, maxLength: 12 }),
        async (size, turns) => {
          const list = new MovingList();
          for (let row = 0; row < size; row += 1) list.arrive(1, row % 4 === 0 ? 1000 : 0);
          const atStart = list.items.map((item) => item.id);
          const turnAt = (index: number) =>
            turns[index % turns.length] ?? { first: 1, arrivals: 0, stepMs: 1000, isTailTrimmed: false };
          let pages = 1;
          const ids = await walkAll(
            list.asPagedList(true),
            (index) => Math.max(turnAt(index).first, 10),
            (index) => {
              const { arrivals, stepMs, isTailTrimmed } = turnAt(index);
              pages += 1;
              list.arrive(arrivals, stepMs);
              if (isTailTrimmed) list.remove((_item, place) => place >= Math.max(size, 20));
            },
          );
          expect(new Set(ids).size).toBe(ids.length);
          const given = new Set(ids);
          const stayed = new Set(list.items.map((item) => item.id));
          expect(atStart.filter((id) => stayed.has(id) && !given.has(id))).toEqual([]);
          expect(list.calls.length).toBeLessThanOrEqual(4 * pages + 4);
        },
      ),
      { numRuns: 150 },
    );
  });
});
