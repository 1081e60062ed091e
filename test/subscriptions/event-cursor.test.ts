import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CursorInvalidError } from '../../src/domain/errors.ts';
import { createTokenSealer } from '../../src/domain/sealed-token.ts';
import type { LogBounds } from '../../src/store/store.ts';
import {
  hashAsk,
  openEventCursor,
  sealEventCursor,
  whyExpired,
} from '../../src/subscriptions/event-cursor.ts';

const sealer = createTokenSealer('a secret that all replicas share', 'event-cursor/1');
const ask = { name: 'messageStatusChanged', workspace: 'default', args: { messageIds: ['m1', 'm2'] } };
const askHash = hashAsk(ask);
const bounds: LogBounds = { epoch: 'e1', trimmedUpTo: '100-2', newest: '900-0' };
const cursor = { position: '500-3', epoch: 'e1', memo: 'PD' };
const open = (token: string) => openEventCursor(token, sealer, askHash);

describe('an event cursor', () => {
  it('opens to what was sealed', () => {
    expect(open(sealEventCursor(sealer, askHash, cursor))).toEqual(cursor);
  });

  it('opens to what was sealed, whatever it was', () => {
    const positions = fc.tuple(fc.nat(), fc.nat()).map(([ms, sequence]) => `${ms}-${sequence}`);
    fc.assert(
      fc.property(positions, fc.string(), fc.string(), (position, epoch, memo) => {
        const sealed = sealEventCursor(sealer, askHash, { position, epoch, memo });
        const opened = open(sealed);
        expect(opened).toEqual({ position, epoch, memo });
        expect(whyExpired(opened, { epoch, trimmedUpTo: '0-0', newest: position })).toBeNull();
      }),
    );
  });

  it('is refused after any edit', () => {
    const sealed = sealEventCursor(sealer, askHash, cursor);
    fc.assert(
      fc.property(
        fc.nat(sealed.length - 1),
        fc.string({ minLength: 1, maxLength: 1 }),
        (index, character) => {
          const edited = sealed.slice(0, index) + character + sealed.slice(index + 1);
          fc.pre(edited !== sealed);
          expect(() => open(edited)).toThrow(CursorInvalidError);
        },
      ),
    );
  });

  it.each(['', 'abc', '.', 'e30.e30', 'null', '💥'])(
    'is refused when it is no cursor at all: %j',
    (token) => {
      expect(() => open(token)).toThrow(CursorInvalidError);
    },
  );

  it('is refused when another gateway sealed it, or when it is a token for another purpose', () => {
    const foreign = createTokenSealer('another secret', 'event-cursor/1');
    const page = createTokenSealer('a secret that all replicas share', 'page-cursor/1');
    for (const other of [foreign, page])
      expect(() => open(sealEventCursor(other, askHash, cursor))).toThrow(CursorInvalidError);
  });

  it('is refused when an older version of the gateway gave its members another meaning', () => {
    expect(() => open(sealer.seal([0, cursor.position, cursor.epoch, askHash, '']))).toThrow(
      CursorInvalidError,
    );
  });

  it.each([
    ['subscription', { ...ask, name: 'deliveryReportReceived' }],
    ['workspace', { ...ask, workspace: 'other' }],
    ['argument', { ...ask, args: { messageIds: ['m1'] } }],
  ])('is refused with another %s', (_what, other) => {
    const sealed = sealEventCursor(sealer, hashAsk(other), cursor);
    expect(() => open(sealed)).toThrow(CursorInvalidError);
    expect(() => open(sealed)).toThrow(/other arguments or another workspace/);
  });

  it('does not care in which order arguments are named', () => {
    const left = hashAsk({ ...ask, args: { a: 1, b: 2 } });
    expect(hashAsk({ ...ask, args: { b: 2, a: 1 } })).toBe(left);
  });

  it('expires when the log was started anew', () => {
    expect(whyExpired(cursor, { ...bounds, epoch: 'e2' })).toMatch(/started anew/);
  });

  it('expires exactly when something after it was trimmed', () => {
    const whyAt = (position: string) => whyExpired({ ...cursor, position }, bounds);
    expect([whyAt('100-2'), whyAt('100-10')]).toEqual([null, null]);
    expect(whyAt('100-1')).toMatch(/older than the reports that are still kept/);
    expect(whyAt('99-7')).toMatch(/older than the reports that are still kept/);
  });

  it('expires when the log was put back to before it', () => {
    expect(whyExpired({ ...cursor, position: '900-1' }, bounds)).toMatch(/ahead of the log/);
  });

  it('stays good while everything up to it is trimmed and nothing came since', () => {
    expect(whyExpired(cursor, { ...bounds, trimmedUpTo: cursor.position, newest: '0-0' })).toBeNull();
  });
});
