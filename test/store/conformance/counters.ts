import { describe, expect, it } from 'vitest';
import type { CounterCharge } from '../../../src/store/store.ts';
import type { OpenStoreUnderTest } from '../conformance.ts';
import { useStore } from './use-store.ts';

const HOUR_MS = 3_600_000;
/** An instant 600 s into an hour. */
const NOW_MS = 500_000 * HOUR_MS + 600_000;

const charge = (amount: number, changes: Partial<CounterCharge> = {}): CounterCharge => ({
  key: 'caller',
  windowMs: HOUR_MS,
  limit: 10,
  amount,
  ...changes,
});

export function describeCounters(open: OpenStoreUnderTest): void {
  describe('counters', () => {
    const under = useStore(open);

    it('charges up to the limit, and refuses what would pass it, telling when the window ends', async () => {
      const { counters } = under.store;
      expect(await counters.charge([charge(7)], NOW_MS)).toEqual({ isCharged: true });
      expect(await counters.charge([charge(4)], NOW_MS)).toEqual({
        isCharged: false,
        exceeded: [{ index: 0, retryAfterMs: HOUR_MS - 600_000 }],
      });
      expect(await counters.charge([charge(3)], NOW_MS)).toEqual({ isCharged: true });
      expect(await counters.charge([charge(1)], NOW_MS)).toMatchObject({ isCharged: false });
    });

    it('charges all or none, and names every limit that would be passed', async () => {
      const { counters } = under.store;
      const charges = [
        charge(5),
        charge(11, { key: 'b' }),
        charge(1, { key: 'c' }),
        charge(11, { key: 'd' }),
      ];
      const refused = await counters.charge(charges, NOW_MS);
      expect(refused).toMatchObject({ isCharged: false, exceeded: [{ index: 1 }, { index: 3 }] });
      expect(await counters.charge([charge(10), charge(10, { key: 'c' })], NOW_MS)).toEqual({
        isCharged: true,
      });
    });

    it('adds up charges of one call against the same counter', async () => {
      const { counters } = under.store;
      expect(await counters.charge([charge(6), charge(6)], NOW_MS)).toMatchObject({
        isCharged: false,
        exceeded: [{ index: 1 }],
      });
      expect(await counters.charge([charge(5), charge(5)], NOW_MS)).toEqual({ isCharged: true });
      expect(await counters.charge([charge(1)], NOW_MS)).toMatchObject({ isCharged: false });
    });

    it('begins anew in the next window', async () => {
      const { counters } = under.store;
      const endMs = 500_001 * HOUR_MS;
      await counters.charge([charge(10)], NOW_MS);
      expect(await counters.charge([charge(1)], endMs - 1)).toMatchObject({
        exceeded: [{ retryAfterMs: 1 }],
      });
      expect(await counters.charge([charge(10)], endMs)).toEqual({ isCharged: true });
      expect(await counters.charge([charge(1)], endMs)).toMatchObject({ isCharged: false });
    });

    it('keeps windows of another length apart', async () => {
      const { counters } = under.store;
      await counters.charge([charge(10)], NOW_MS);
      expect(await counters.charge([charge(10, { windowMs: 24 * HOUR_MS, limit: 15 })], NOW_MS)).toEqual({
        isCharged: true,
      });
    });

    it('gives back what a charge took, never more', async () => {
      const { counters } = under.store;
      await counters.charge([charge(6)], NOW_MS);
      await counters.refund([charge(4)], NOW_MS);
      expect(await counters.charge([charge(9)], NOW_MS)).toMatchObject({ isCharged: false });
      expect(await counters.charge([charge(8)], NOW_MS)).toEqual({ isCharged: true });
      await counters.refund([charge(500), charge(500, { key: 'never charged' })], NOW_MS);
      expect(await counters.charge([charge(11)], NOW_MS)).toMatchObject({ isCharged: false });
      expect(await counters.charge([charge(11, { key: 'never charged' })], NOW_MS)).toMatchObject({
        isCharged: false,
      });
    });

    it('counts money in millionths without loss', async () => {
      const { counters } = under.store;
      const money = (amount: number) => charge(amount, { key: 'spend', limit: 9_000_000_000_000_000 });
      await counters.charge([money(8_999_999_999_999_999)], NOW_MS);
      expect(await counters.charge([money(2)], NOW_MS)).toMatchObject({ isCharged: false });
      expect(await counters.charge([money(1)], NOW_MS)).toEqual({ isCharged: true });
    });

    it('lets nobody past the limit when many charge at once from several clients', async () => {
      const clients = await under.clients(3);
      const results = await Promise.all(
        Array.from({ length: 60 }, (_, index) =>
          clients[index % clients.length]?.counters.charge([charge(1), charge(2, { key: 'b' })], NOW_MS),
        ),
      );
      expect(results.filter((result) => result?.isCharged)).toHaveLength(5);
    });

    it('charges nothing for no charges', async () => {
      expect(await under.store.counters.charge([], NOW_MS)).toEqual({ isCharged: true });
      await under.store.counters.refund([], NOW_MS);
    });
  });
}
