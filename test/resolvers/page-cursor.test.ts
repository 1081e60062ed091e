import { assert, integer, property, record, string, uniqueArray } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CursorInvalidError } from '../../src/domain/errors.ts';
import { createTokenSealer } from '../../src/domain/sealed-token.ts';
import { filterIdentity } from '../../src/resolvers/list-filter.ts';
import { listIdentity, openPageCursor, sealPageCursor } from '../../src/resolvers/page-cursor.ts';

const sealer = (key: string) => createTokenSealer(key, 'page-cursor/1');
const sealers = (pageCursor = sealer('key')) => ({
  sealers: { pageCursor, eventCursor: sealer('event'), exportToken: sealer('export') },
});

const cursors = record({
  range: record({ from: string(), to: string() }),
  anchor: record({
    rowId: string(),
    at: string(),
    offset: integer({ min: 0 }),
    total: integer({ min: 0 }),
    ties: uniqueArray(
      string({ unit: 'grapheme-ascii', minLength: 1 }).map((tie) => tie.replaceAll('.', '-')),
      {
        maxLength: 20,
      },
    ),
  }),
});

describe('page cursors', () => {
  it('give back what was sealed', () => {
    assert(
      property(cursors, string(), (cursor, identity) => {
        expect(openPageCursor(sealPageCursor(cursor, identity, sealers()), identity, sealers())).toEqual(
          cursor,
        );
      }),
    );
  });

  it('cannot be changed at any place', () => {
    assert(
      property(cursors, integer({ min: 0 }), integer({ min: 1, max: 61 }), (cursor, place, shift) => {
        const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
        const token = sealPageCursor(cursor, 'list', sealers());
        const index = place % token.length;
        const letter =
          alphabet[(Math.max(0, alphabet.indexOf(token[index] ?? '')) + shift) % alphabet.length];
        const edited = `${token.slice(0, index)}${letter}${token.slice(index + 1)}`;
        if (edited !== token)
          expect(() => openPageCursor(edited, 'list', sealers())).toThrow(CursorInvalidError);
      }),
    );
  });

  it('are refused whatever else is given for one', () => {
    assert(
      property(string(), (text) => {
        expect(() => openPageCursor(text, 'list', sealers())).toThrow(CursorInvalidError);
      }),
    );
  });

  it('are refused by a gateway with another key', () => {
    const cursor = {
      range: { from: '', to: '' },
      anchor: { rowId: 'a', at: '', offset: 0, total: 1, ties: [] },
    };
    const token = sealPageCursor(cursor, 'list', sealers());
    expect(() => openPageCursor(token, 'list', sealers(sealer('other')))).toThrow(CursorInvalidError);
  });

  it('belong to one list, workspace and filter, and say so', () => {
    const cursor = {
      range: { from: '', to: '' },
      anchor: { rowId: 'a', at: '', offset: 0, total: 1, ties: [] },
    };
    const identity = listIdentity('messages', 'main', filterIdentity({ sender: 'MyApp' }));
    const token = sealPageCursor(cursor, identity, sealers());
    for (const other of [
      listIdentity('traffic', 'main', filterIdentity({ sender: 'MyApp' })),
      listIdentity('messages', 'other', filterIdentity({ sender: 'MyApp' })),
      listIdentity('messages', 'main', filterIdentity({ sender: 'Other' })),
      listIdentity('messages', 'main', filterIdentity(null)),
    ]) {
      expect(() => openPageCursor(token, other, sealers())).toThrow('after belongs to another filter');
    }
  });

  it('can still be opened with the most rows of one instant before them', () => {
    const ties = Array.from({ length: 200 }, () => 'zzzzzzz');
    const rowId = 'api_42_1743667200123456789_a3f8b2c1d9e45f67';
    const anchor = { rowId, at: '2026-02-13T10:30:00.000Z', offset: 123_456, total: 1_000_000, ties };
    const token = sealPageCursor(
      { range: { from: '2026-02-06', to: '2026-02-13' }, anchor },
      'list',
      sealers(),
    );
    expect(openPageCursor(token, 'list', sealers()).anchor).toEqual(anchor);
  });
});

describe('filterIdentity', () => {
  it('is the same for filters that mean the same, and different for those that do not', () => {
    const same = (left: object | null, right: object | null) =>
      expect(filterIdentity(left)).toEqual(filterIdentity(right));
    same(null, {});
    same(null, { period: 'LAST_7_DAYS', sender: '', phoneContains: '  ' });
    same({ sender: 'MyApp ' }, { sender: 'MyApp' });
    const all = [
      {},
      { period: 'TODAY' },
      { from: '2026-02-01' },
      { from: '2026-02-01', to: '2026-02-02' },
      { sender: 'MyApp' },
      { phoneContains: 'MyApp' },
      { country: 'GB' },
      { statusGroup: 'PENDING' },
      { source: 'API' },
    ] as const;
    expect(new Set(all.map((filter) => JSON.stringify(filterIdentity(filter)))).size).toBe(all.length);
  });
});
