import { describe, expect, it } from 'vitest';
import { BEFORE_ALL, StoreUnavailableError } from '../../../src/store/store.ts';
import { deliveryReport } from '../../support/delivery-report.ts';
import type { OpenStoreUnderTest } from '../conformance.ts';
import { HOLD_MS, sendClaim } from './send-claim.ts';
import { useStore } from './use-store.ts';

export function describeStoreLife(open: OpenStoreUnderTest): void {
  describe('opening and closing', () => {
    const under = useStore(open);

    it('answers a ping', async () => {
      await under.store.ping();
    });

    it('finds everything again after it was closed and opened', async () => {
      const { log, sends, watches, counters } = under.store;
      const watch = { workspace: 'main', messageId: 'm', sentAtMs: 1, dueAtMs: 2, attempts: 0 };
      const charge = { key: 'cap', windowMs: 60_000, limit: 5, amount: 5 };
      await log.append('main', deliveryReport());
      await sends.claim(sendClaim({ idempotencyKey: 'k' }), HOLD_MS);
      await sends.settle(sendClaim({ idempotencyKey: 'k' }), { kind: 'UNKNOWN' });
      await watches.add([watch]);
      await counters.charge([charge], 1000);
      const before = [await log.read(BEFORE_ALL, 10), await log.bounds(), await sends.find('main', 'k')];
      const whenever = { readAtMs: expect.any(Number) };

      const again = await under.reopen();
      expect([await again.log.read(BEFORE_ALL, 10), await again.log.bounds()]).toEqual(before.slice(0, 2));
      expect(await again.sends.find('main', 'k')).toEqual({ ...before[2], ...whenever });
      expect(await again.sends.due(10)).toEqual([{ ...before[2], ...whenever }]);
      expect(await again.watches.due(2, 10)).toEqual([watch]);
      expect(await again.counters.charge([charge], 1000)).toMatchObject({ isCharged: false });
      expect(await again.log.append('main', deliveryReport())).toMatchObject({ isDuplicate: true });
    });

    it('has an epoch of its own', async () => {
      const other = await open();
      const epochs = [(await under.store.log.bounds()).epoch, (await other.store.log.bounds()).epoch];
      await other.dispose();
      expect(new Set(epochs).size).toBe(2);
    });

    it('refuses every call after it was closed', async () => {
      const { store } = under;
      await store.close();
      const calls = [
        store.ping(),
        store.log.append('main', deliveryReport()),
        store.log.read(BEFORE_ALL, 1),
        store.log.bounds(),
        store.sends.find('main', 'k'),
        store.watches.size(),
        store.leases.acquire('l', 'o', 1),
        store.counters.charge([{ key: 'k', windowMs: 1, limit: 1, amount: 1 }], 0),
      ];
      for (const outcome of await Promise.allSettled(calls)) {
        expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailableError) });
      }
    });

    it('keeps what it acknowledged when it is closed in the middle of it', async () => {
      const { store } = under;
      const appends = Array.from({ length: 200 }, (_, index) =>
        store.log.append('main', deliveryReport({ messageId: `m-${index}` })),
      );
      const settling = Promise.allSettled(appends);
      await store.close();
      const outcomes = await settling;
      const held = new Set(
        (await (await under.reopen()).log.read(BEFORE_ALL, 1000)).map(({ position }) => position),
      );
      for (const outcome of outcomes) {
        if (outcome.status === 'fulfilled') expect(held).toContain(outcome.value.position);
        else expect(outcome.reason).toBeInstanceOf(StoreUnavailableError);
      }
    });

    it('may be closed twice', async () => {
      await under.store.close();
      await under.store.close();
    });
  });
}
