import { describe, expect, it } from 'vitest';
import type { LedgerEntry, SendClaim } from '../../../src/store/send-ledger.ts';
import type { OpenStoreUnderTest } from '../conformance.ts';
import { HOLD_MS, NOT_SENT, REFUSED, SENT, sendClaim, UNKNOWN } from './send-claim.ts';
import { useStore } from './use-store.ts';

const SHORT_MS = 40;
/** Longer than a few calls take on a busy machine. */
const LONGER_MS = 500;

export function describeSendLedger(open: OpenStoreUnderTest): void {
  describe('send ledger', () => {
    const under = useStore(open);
    const claim = (changes: Partial<SendClaim> = {}, holdMs = HOLD_MS) =>
      under.store.sends.claim(sendClaim(changes), holdMs);
    /** As it stands; when it was read does not matter. */
    const standing = async (idempotencyKey = 'order-1', workspace = 'main') =>
      withoutReadTime(await under.store.sends.find(workspace, idempotencyKey));
    const dueKeys = async (limit = 10) =>
      (await under.store.sends.due(limit)).map(({ idempotencyKey }) => idempotencyKey);

    it('claims a key that is free, and shows the running claim to those who come later', async () => {
      const { kind, entry } = await claim();
      expect(kind).toBe('CLAIMED');
      expect(entry).toMatchObject({ ...sendClaim(), outcome: null, looks: 0, signedAttempt: null });
      expect(entry.claimedUntilMs - entry.claimedAtMs).toBe(HOLD_MS);
      const later = await claim({ owner: 'process-2/1' });
      expect(later.kind).toBe('EXISTS');
      expect(withoutReadTime(later.entry)).toEqual(withoutReadTime(entry));
      expect(await standing()).toEqual(withoutReadTime(entry));
    });

    it('tells how long a claim was held by a clock of its own', async () => {
      const { entry } = await claim();
      await under.elapse(SHORT_MS);
      const found = await under.store.sends.find('main', 'order-1');
      expect((found?.readAtMs ?? 0) - entry.claimedAtMs).toBeGreaterThanOrEqual(SHORT_MS - 1);
    });

    it('keeps the same key of two workspaces apart', async () => {
      await claim();
      expect(await claim({ workspace: 'other' })).toMatchObject({ kind: 'CLAIMED' });
      await claim({ workspace: 'a:b', idempotencyKey: 'c' });
      expect(await standing('b:c', 'a')).toBeNull();
    });

    it('gives a key that many claim at once to exactly one', async () => {
      const clients = await under.clients(3);
      const claims = Array.from({ length: 30 }, (_, index) => sendClaim({ owner: `process-${index}` }));
      const results = await Promise.all(
        claims.map((one, index) => clients[index % clients.length]?.sends.claim(one, HOLD_MS)),
      );
      const winner = results.find((result) => result?.kind === 'CLAIMED');
      expect(results.filter((result) => result?.kind === 'CLAIMED')).toHaveLength(1);
      for (const result of results) expect(result?.entry.owner).toEqual(winner?.entry.owner);
    });

    it('finds nothing under a key that was never claimed, and settles nothing', async () => {
      expect(await standing('none')).toBeNull();
      expect(await under.store.sends.settle(sendClaim({ idempotencyKey: 'none' }), SENT)).toBeNull();
      expect(await standing('none')).toBeNull();
    });

    it.each([SENT, REFUSED, NOT_SENT, UNKNOWN])('settles a running claim as $kind', async (outcome) => {
      const { entry } = await claim();
      const settled = withoutReadTime({ ...entry, outcome });
      expect(withoutReadTime(await under.store.sends.settle(entry, outcome))).toEqual(settled);
      expect(await standing()).toEqual(settled);
      expect(await claim()).toMatchObject({ kind: 'EXISTS', entry: { outcome } });
    });

    it.each([SENT, REFUSED, NOT_SENT, UNKNOWN])('lets UNKNOWN become $kind', async (truth) => {
      await claim();
      await under.store.sends.settle(sendClaim(), UNKNOWN);
      expect(await under.store.sends.settle(sendClaim(), truth)).toMatchObject({ outcome: truth });
      expect(await standing()).toMatchObject({ outcome: truth });
    });

    it.each([SENT, REFUSED, NOT_SENT])(
      'lets $kind stand whatever comes after, except that it was sent',
      async (outcome) => {
        await claim();
        await under.store.sends.settle(sendClaim(), outcome);
        for (const later of [REFUSED, NOT_SENT, UNKNOWN]) {
          expect((await under.store.sends.settle(sendClaim(), later))?.outcome).toEqual(outcome);
        }
        expect((await under.store.sends.settle(sendClaim(), SENT))?.outcome).toEqual(SENT);
        expect((await under.store.sends.settle(sendClaim(), NOT_SENT))?.outcome).toEqual(SENT);
      },
    );

    it('settles for the attempt that holds the key only, except that it was sent', async () => {
      const { entry } = await claim();
      const next = sendClaim({ owner: 'process-2/1' });
      await under.store.sends.reclaim(entry, next, HOLD_MS);
      for (const outcome of [NOT_SENT, REFUSED, UNKNOWN])
        expect(await under.store.sends.settle(entry, outcome)).toMatchObject({
          owner: next.owner,
          outcome: null,
        });
      expect(await under.store.sends.settle(entry, SENT)).toMatchObject({ outcome: SENT });
      expect(await under.store.sends.confirm(next, HOLD_MS, null)).toBe(false);
    });

    it.each([null, NOT_SENT])(
      'hands a claim on for a new attempt while its outcome is %j',
      async (outcome) => {
        const { entry } = await claim();
        const expected = outcome === null ? entry : await under.store.sends.settle(entry, outcome);
        const next = sendClaim({ owner: 'process-2/1' });
        const reclaimed = await under.store.sends.reclaim(expected ?? entry, next, HOLD_MS);
        expect(reclaimed).toMatchObject({ ...next, outcome: null, looks: 0 });
        expect(await standing()).toEqual(withoutReadTime(reclaimed));
        expect(await under.store.sends.settle(next, SENT)).toMatchObject({ outcome: SENT });
      },
    );

    it.each([SENT, REFUSED, UNKNOWN])('never hands on a claim that is settled as $kind', async (outcome) => {
      const { entry } = await claim();
      const settled = await under.store.sends.settle(entry, outcome);
      for (const expected of [entry, settled ?? entry]) {
        const next = sendClaim({ owner: 'process-2/1' });
        expect(await under.store.sends.reclaim(expected, next, HOLD_MS)).toBeNull();
      }
      expect(await standing()).toEqual(withoutReadTime(settled));
    });

    it('hands a claim on to one of many who ask at once', async () => {
      const { entry } = await claim();
      const clients = await under.clients(3);
      const attempts = Array.from({ length: 15 }, (_, index) => {
        const next = sendClaim({ owner: `process-${index + 2}/1` });
        return clients[index % clients.length]?.sends.reclaim(entry, next, HOLD_MS);
      });
      const taken = (await Promise.all(attempts)).filter((result) => result != null);
      expect(taken).toHaveLength(1);
      expect(await standing()).toEqual(withoutReadTime(taken[0] ?? null));
    });

    it('hands on nothing under a key that was never claimed', async () => {
      const { entry } = await claim({ idempotencyKey: 'other' });
      const expected = { ...entry, idempotencyKey: 'none' };
      expect(await under.store.sends.reclaim(expected, sendClaim(), HOLD_MS)).toBeNull();
    });

    it('confirms a claim while it is held, not settled and young, and keeps the signature', async () => {
      const { sends } = under.store;
      const signed = { timestamp: 1_770_978_600, signature: 'ab12' };
      await claim();
      expect(await sends.confirm(sendClaim(), HOLD_MS, null)).toBe(true);
      expect(await sends.confirm(sendClaim(), HOLD_MS, signed)).toBe(true);
      expect(await standing()).toMatchObject({ signedAttempt: signed });
      expect(await sends.confirm(sendClaim({ owner: 'process-2/1' }), HOLD_MS, signed)).toBe(false);
      await under.elapse(SHORT_MS);
      expect(await sends.confirm(sendClaim(), SHORT_MS, null)).toBe(false);
      await sends.settle(sendClaim(), UNKNOWN);
      expect(await sends.confirm(sendClaim(), HOLD_MS, null)).toBe(false);
      expect(await sends.confirm(sendClaim({ idempotencyKey: 'none' }), HOLD_MS, null)).toBe(false);
    });

    it('lists what is to be looked for: UNKNOWN at once, a claim when it ends unsettled', async () => {
      const { sends } = under.store;
      await claim({ idempotencyKey: 'running' });
      await claim({ idempotencyKey: 'overdue' }, LONGER_MS);
      await claim({ idempotencyKey: 'unknown' });
      await sends.settle(sendClaim({ idempotencyKey: 'unknown' }), UNKNOWN);
      await claim({ idempotencyKey: 'sent' }, LONGER_MS);
      await sends.settle(sendClaim({ idempotencyKey: 'sent' }), SENT);
      expect(await dueKeys()).toEqual(['unknown']);
      await under.elapse(LONGER_MS + 10);
      expect(await dueKeys()).toEqual(['unknown', 'overdue']);
      expect(await dueKeys(1)).toEqual(['unknown']);
      await sends.settle(sendClaim({ idempotencyKey: 'unknown' }), NOT_SENT);
      expect(await dueKeys()).toEqual(['overdue']);
    });

    it('goes on looking for the rest of a send that is known in part', async () => {
      const { sends } = under.store;
      const inPart = { ...SENT, isPartial: true };
      const { entry } = await claim();
      await sends.settle(entry, UNKNOWN);
      expect(await sends.settle(entry, inPart)).toMatchObject({ outcome: inPart });
      expect(await dueKeys()).toEqual(['order-1']);
      expect(await sends.rivals(sendClaim({ idempotencyKey: 'equal' }))).toEqual([]);
      expect(await sends.settle(entry, NOT_SENT)).toMatchObject({ outcome: inPart });
      const standing = await sends.find('main', 'order-1');
      expect(await sends.reclaim(standing ?? entry, sendClaim({ owner: 'another/1' }), HOLD_MS)).toBeNull();
      expect(await sends.settle(entry, SENT)).toMatchObject({ outcome: SENT });
      expect(await dueKeys()).toEqual([]);
      expect((await sends.settle(entry, inPart))?.outcome).toEqual(SENT);
    });

    it('brings what was postponed back after its delay, behind those that wait', async () => {
      const { sends } = under.store;
      for (const idempotencyKey of ['hopeless', 'fresh']) {
        await claim({ idempotencyKey });
        await sends.settle(sendClaim({ idempotencyKey }), UNKNOWN);
        await under.elapse(2);
      }
      await sends.postpone(sendClaim({ idempotencyKey: 'hopeless' }), LONGER_MS);
      await sends.postpone(sendClaim({ idempotencyKey: 'fresh', owner: 'another/1' }), HOLD_MS);
      expect(await dueKeys()).toEqual(['fresh']);
      await under.elapse(LONGER_MS + 10);
      expect(await dueKeys()).toEqual(['fresh', 'hopeless']);
      expect(await standing('hopeless')).toMatchObject({ looks: 1, outcome: UNKNOWN });
      await sends.settle(sendClaim({ idempotencyKey: 'fresh' }), SENT);
      await sends.postpone(sendClaim({ idempotencyKey: 'fresh' }), 0);
      expect(await dueKeys()).toEqual(['hopeless']);
    });

    it('knows the open sends of the same text in the same workspace', async () => {
      const { sends } = under.store;
      const { fingerprint } = sendClaim();
      for (const idempotencyKey of ['running', 'unknown', 'sent', 'own']) await claim({ idempotencyKey });
      await sends.settle(sendClaim({ idempotencyKey: 'unknown' }), UNKNOWN);
      await sends.settle(sendClaim({ idempotencyKey: 'sent' }), SENT);
      await claim({ idempotencyKey: 'other text', fingerprint: { ...fingerprint, textHash: 'other' } });
      await claim({ idempotencyKey: 'other workspace', workspace: 'other' });
      const rivals = async () =>
        (await sends.rivals(sendClaim({ idempotencyKey: 'own' })))
          .map(({ idempotencyKey }) => idempotencyKey)
          .sort();
      expect(await rivals()).toEqual(['running', 'unknown']);
      await sends.settle(sendClaim({ idempotencyKey: 'unknown' }), NOT_SENT);
      expect(await rivals()).toEqual(['running']);
      const { entry } = await claim({ idempotencyKey: 'unknown' });
      await sends.reclaim(entry, sendClaim({ idempotencyKey: 'unknown', owner: 'process-2/1' }), HOLD_MS);
      expect(await rivals()).toEqual(['running', 'unknown']);
    });

    it('forgets what was claimed too long ago, and frees its key', async () => {
      const { sends } = under.store;
      await claim({ idempotencyKey: 'old' });
      await sends.settle(sendClaim({ idempotencyKey: 'old' }), UNKNOWN);
      const handedOn = await claim({ idempotencyKey: 'handed on' });
      await under.elapse(SHORT_MS);
      await claim({ idempotencyKey: 'young' });
      await sends.reclaim(handedOn.entry, sendClaim({ idempotencyKey: 'handed on' }), HOLD_MS);
      expect(await sends.trim(SHORT_MS - 5)).toBe(1);
      expect(await standing('old')).toBeNull();
      expect(await standing('young')).not.toBeNull();
      // Its age counts from the last attempt.
      expect(await standing('handed on')).not.toBeNull();
      expect(await dueKeys()).toEqual([]);
      expect(await claim({ idempotencyKey: 'old' })).toMatchObject({ kind: 'CLAIMED' });
    });
  });

  describe('batches of the provider', () => {
    const under = useStore(open);

    it('belong to the first key that takes them, for good', async () => {
      const { batches } = under.store;
      expect(await batches.holder('main', '42_1')).toBeNull();
      expect(await batches.hold('main', '42_1', 'order-1')).toBe(true);
      expect(await batches.hold('main', '42_1', 'order-1')).toBe(true);
      expect(await batches.hold('main', '42_1', 'order-2')).toBe(false);
      expect(await batches.holder('main', '42_1')).toBe('order-1');
      expect(await batches.hold('other', '42_1', 'order-2')).toBe(true);
    });

    it('go to exactly one of many keys that want them at once', async () => {
      const clients = await under.clients(3);
      const held = Array.from({ length: 15 }, (_, index) =>
        clients[index % clients.length]?.batches.hold('main', '42_1', `order-${index}`),
      );
      expect((await Promise.all(held)).filter(Boolean)).toHaveLength(1);
    });
  });

  describe('kept values', () => {
    const under = useStore(open);

    it('are the first ones that were to be kept, also after the store was opened again', async () => {
      expect(await under.store.keep('root-key', 'first')).toBe('first');
      expect(await under.store.keep('root-key', 'second')).toBe('first');
      expect(await under.store.keep('other', 'second')).toBe('second');
      expect(await (await under.reopen()).keep('root-key', 'third')).toBe('first');
    });
  });
}

function withoutReadTime(entry: LedgerEntry | null): Omit<LedgerEntry, 'readAtMs'> | null {
  if (entry === null) return null;
  const { readAtMs: _readAtMs, ...rest } = entry;
  return rest;
}
