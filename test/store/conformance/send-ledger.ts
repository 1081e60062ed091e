import { describe, expect, it } from 'vitest';
import type { OpenStoreUnderTest } from '../conformance.ts';
import { NOT_SENT, REFUSED, SENT, sendClaim, UNKNOWN } from './send-claim.ts';
import { useStore } from './use-store.ts';

export function describeSendLedger(open: OpenStoreUnderTest): void {
  describe('send ledger', () => {
    const under = useStore(open);

    it('claims a key that is free, and shows the running claim to whoever comes later', async () => {
      const claim = sendClaim();
      const entry = { ...claim, outcome: null };
      expect(await under.store.sends.claim(claim)).toEqual({ kind: 'CLAIMED', entry });
      expect(await under.store.sends.claim(sendClaim({ owner: 'process-2', claimedAtMs: 1500 }))).toEqual({
        kind: 'EXISTS',
        entry,
      });
      expect(await under.store.sends.find('main', 'order-1')).toEqual(entry);
    });

    it('keeps the same key of two workspaces apart', async () => {
      await under.store.sends.claim(sendClaim());
      expect(await under.store.sends.claim(sendClaim({ workspace: 'other' }))).toMatchObject({
        kind: 'CLAIMED',
      });
      await under.store.sends.claim(sendClaim({ workspace: 'a:b', idempotencyKey: 'c' }));
      expect(await under.store.sends.find('a', 'b:c')).toBeNull();
    });

    it('gives a key that many claim at once to exactly one', async () => {
      const clients = await under.clients(3);
      const claims = Array.from({ length: 30 }, (_, index) => sendClaim({ owner: `process-${index}` }));
      const results = await Promise.all(
        claims.map((claim, index) => clients[index % clients.length]?.sends.claim(claim)),
      );
      const winner = results.find((result) => result?.kind === 'CLAIMED');
      expect(results.filter((result) => result?.kind === 'CLAIMED')).toHaveLength(1);
      for (const result of results) expect(result?.entry).toEqual(winner?.entry);
    });

    it('finds nothing under a key that nobody claimed, and settles nothing', async () => {
      expect(await under.store.sends.find('main', 'none')).toBeNull();
      expect(await under.store.sends.settle('main', 'none', SENT)).toBeNull();
      expect(await under.store.sends.find('main', 'none')).toBeNull();
    });

    it.each([SENT, REFUSED, NOT_SENT, UNKNOWN])('settles a running claim as $kind', async (outcome) => {
      const claim = sendClaim();
      await under.store.sends.claim(claim);
      const entry = { ...claim, outcome };
      expect(await under.store.sends.settle('main', 'order-1', outcome)).toEqual(entry);
      expect(await under.store.sends.find('main', 'order-1')).toEqual(entry);
      expect(await under.store.sends.claim(claim)).toEqual({ kind: 'EXISTS', entry });
    });

    it.each([SENT, REFUSED, NOT_SENT, UNKNOWN])('lets UNKNOWN become $kind', async (truth) => {
      await under.store.sends.claim(sendClaim());
      await under.store.sends.settle('main', 'order-1', UNKNOWN);
      expect(await under.store.sends.settle('main', 'order-1', truth)).toMatchObject({ outcome: truth });
      expect(await under.store.sends.find('main', 'order-1')).toMatchObject({ outcome: truth });
    });

    it.each([SENT, REFUSED, NOT_SENT])('lets $kind stand whatever comes after', async (outcome) => {
      await under.store.sends.claim(sendClaim());
      await under.store.sends.settle('main', 'order-1', outcome);
      for (const later of [SENT, REFUSED, NOT_SENT, UNKNOWN]) {
        const standing = await under.store.sends.settle('main', 'order-1', later);
        expect(standing?.outcome).toEqual(outcome);
      }
    });

    it('settles a claim in the same step when the outcome is known from the start', async () => {
      const claim = sendClaim();
      const entry = { ...claim, outcome: NOT_SENT };
      expect(await under.store.sends.claim(claim, NOT_SENT)).toEqual({ kind: 'CLAIMED', entry });
      expect(await under.store.sends.claim(sendClaim({ owner: 'process-2' }), SENT)).toEqual({
        kind: 'EXISTS',
        entry,
      });
      expect(await under.store.sends.find('main', 'order-1')).toEqual(entry);
      expect(await under.store.sends.unresolved(claim.claimedUntilMs + 1, 10)).toEqual([]);
      expect(await under.store.sends.trim(claim.claimedAtMs + 1)).toBe(1);
    });

    it('settles for the holder of the claim only, when one is named', async () => {
      const { entry } = await under.store.sends.claim(sendClaim());
      const next = sendClaim({ owner: 'process-2', claimedAtMs: 5000, claimedUntilMs: 6000 });
      const reclaimed = await under.store.sends.reclaim(entry, next);
      for (const holder of [entry, { ...next, claimedAtMs: 1000 }, { ...next, owner: 'process-1' }])
        expect(await under.store.sends.settle('main', 'order-1', NOT_SENT, holder)).toEqual(reclaimed);
      expect(await under.store.sends.settle('main', 'order-1', NOT_SENT, next)).toEqual({
        ...next,
        outcome: NOT_SENT,
      });
    });

    it.each([null, NOT_SENT])(
      'hands a claim on for a new attempt while its outcome is %j',
      async (outcome) => {
        const { entry } = await under.store.sends.claim(sendClaim());
        const expected =
          outcome === null ? entry : await under.store.sends.settle('main', 'order-1', outcome);
        const next = sendClaim({ owner: 'process-2', claimedAtMs: 5000, claimedUntilMs: 6000 });
        const reclaimed = { ...next, outcome: null };
        expect(await under.store.sends.reclaim(expected ?? entry, next)).toEqual(reclaimed);
        expect(await under.store.sends.find('main', 'order-1')).toEqual(reclaimed);
        expect(await under.store.sends.settle('main', 'order-1', SENT)).toMatchObject({ outcome: SENT });
      },
    );

    it.each([SENT, REFUSED, UNKNOWN])('never hands on a claim that is settled as $kind', async (outcome) => {
      const { entry } = await under.store.sends.claim(sendClaim());
      const settled = await under.store.sends.settle('main', 'order-1', outcome);
      for (const expected of [entry, settled ?? entry]) {
        expect(await under.store.sends.reclaim(expected, sendClaim({ owner: 'process-2' }))).toBeNull();
      }
      expect(await under.store.sends.find('main', 'order-1')).toEqual(settled);
    });

    it('hands a claim on to one of many who ask at once', async () => {
      const { entry } = await under.store.sends.claim(sendClaim());
      const clients = await under.clients(3);
      const attempts = Array.from({ length: 15 }, (_, index) => {
        const next = sendClaim({ owner: `process-${index + 2}`, claimedAtMs: 5000 });
        return clients[index % clients.length]?.sends.reclaim(entry, next);
      });
      const taken = (await Promise.all(attempts)).filter((result) => result != null);
      expect(taken).toHaveLength(1);
      expect(await under.store.sends.find('main', 'order-1')).toEqual(taken[0]);
    });

    it('hands on nothing under a key that nobody claimed', async () => {
      expect(await under.store.sends.reclaim({ ...sendClaim(), outcome: null }, sendClaim())).toBeNull();
    });

    it('lists what is unresolved, oldest first: UNKNOWN, and claims whose owner is overdue', async () => {
      const { sends } = under.store;
      await sends.claim(sendClaim({ idempotencyKey: 'running', claimedAtMs: 10, claimedUntilMs: 5000 }));
      await sends.claim(sendClaim({ idempotencyKey: 'overdue', claimedAtMs: 30, claimedUntilMs: 2000 }));
      await sends.claim(sendClaim({ idempotencyKey: 'unknown', claimedAtMs: 20, claimedUntilMs: 9000 }));
      await sends.settle('main', 'unknown', UNKNOWN);
      await sends.claim(sendClaim({ idempotencyKey: 'sent', claimedAtMs: 5 }));
      await sends.settle('main', 'sent', SENT);
      const keysAt = async (nowMs: number, limit = 10) =>
        (await sends.unresolved(nowMs, limit)).map(({ idempotencyKey }) => idempotencyKey);
      expect(await keysAt(1000)).toEqual(['unknown']);
      expect(await keysAt(3000)).toEqual(['unknown', 'overdue']);
      expect(await keysAt(6000)).toEqual(['running', 'unknown', 'overdue']);
      expect(await keysAt(6000, 2)).toEqual(['running', 'unknown']);
      await sends.settle('main', 'unknown', NOT_SENT);
      expect(await keysAt(3000)).toEqual(['overdue']);
    });

    it('finds the one that is unresolved behind many that are running', async () => {
      const { sends } = under.store;
      const running = Array.from({ length: 250 }, (_, index) =>
        sends.claim(
          sendClaim({ idempotencyKey: `running-${index}`, claimedAtMs: index, claimedUntilMs: 9000 }),
        ),
      );
      await Promise.all(running);
      await sends.claim(sendClaim({ idempotencyKey: 'lost', claimedAtMs: 500, claimedUntilMs: 600 }));
      const found = await sends.unresolved(1000, 5);
      expect(found.map(({ idempotencyKey }) => idempotencyKey)).toEqual(['lost']);
    });

    it('forgets what was claimed before the instant, and frees its key', async () => {
      const { sends } = under.store;
      for (const claimedAtMs of [100, 200, 300]) {
        await sends.claim(sendClaim({ idempotencyKey: `at-${claimedAtMs}`, claimedAtMs }));
      }
      await sends.settle('main', 'at-100', UNKNOWN);
      expect(await sends.trim(300)).toBe(2);
      expect(await sends.find('main', 'at-100')).toBeNull();
      expect(await sends.find('main', 'at-300')).not.toBeNull();
      expect(await sends.unresolved(9000, 10)).toHaveLength(1);
      expect(await sends.claim(sendClaim({ idempotencyKey: 'at-200' }))).toMatchObject({ kind: 'CLAIMED' });
    });

    it('counts the age of a claim that was handed on from its last attempt', async () => {
      const { entry } = await under.store.sends.claim(sendClaim({ claimedAtMs: 100 }));
      await under.store.sends.reclaim(entry, sendClaim({ claimedAtMs: 900, owner: 'process-2' }));
      expect(await under.store.sends.trim(500)).toBe(0);
      expect(await under.store.sends.find('main', 'order-1')).not.toBeNull();
    });
  });
}
