import { describe, expect, it } from 'vitest';
import type { OpenStoreUnderTest } from '../conformance.ts';
import { useStore } from './use-store.ts';

const LONG_MS = 60_000;
const SHORT_MS = 40;

export function describeLeases(open: OpenStoreUnderTest): void {
  describe('leases', () => {
    const under = useStore(open);

    it('lets one owner hold a name, and prolong it', async () => {
      const { leases } = under.store;
      expect(await leases.acquire('reconciler', 'a', LONG_MS)).toBe(true);
      expect(await leases.acquire('reconciler', 'b', LONG_MS)).toBe(false);
      expect(await leases.acquire('reconciler', 'a', LONG_MS)).toBe(true);
      expect(await leases.acquire('another', 'b', LONG_MS)).toBe(true);
    });

    it('lets another owner take over when the time is over', async () => {
      const { leases } = under.store;
      await leases.acquire('reconciler', 'a', SHORT_MS);
      await under.elapse(SHORT_MS + 10);
      expect(await leases.acquire('reconciler', 'b', LONG_MS)).toBe(true);
      expect(await leases.acquire('reconciler', 'a', LONG_MS)).toBe(false);
    });

    it('counts a prolonged lease from the last time', async () => {
      const { leases } = under.store;
      await leases.acquire('reconciler', 'a', SHORT_MS);
      await leases.acquire('reconciler', 'a', LONG_MS);
      await under.elapse(SHORT_MS + 10);
      expect(await leases.acquire('reconciler', 'b', LONG_MS)).toBe(false);
    });

    it('is free after its owner released it, but not after anybody else did', async () => {
      const { leases } = under.store;
      await leases.acquire('reconciler', 'a', LONG_MS);
      await leases.release('reconciler', 'b');
      expect(await leases.acquire('reconciler', 'b', LONG_MS)).toBe(false);
      await leases.release('reconciler', 'a');
      expect(await leases.acquire('reconciler', 'b', LONG_MS)).toBe(true);
      await leases.release('never held', 'a');
    });

    it('tells whether anybody holds a name', async () => {
      const { leases } = under.store;
      expect(await leases.isHeld('process/a')).toBe(false);
      await leases.acquire('process/a', 'a', SHORT_MS);
      expect(await leases.isHeld('process/a')).toBe(true);
      await under.elapse(SHORT_MS + 10);
      expect(await leases.isHeld('process/a')).toBe(false);
    });

    it('goes to exactly one of many who ask at once', async () => {
      const clients = await under.clients(3);
      const asked = Array.from({ length: 30 }, (_, index) =>
        clients[index % clients.length]?.leases.acquire('reconciler', `owner-${index}`, LONG_MS),
      );
      expect((await Promise.all(asked)).filter(Boolean)).toHaveLength(1);
    });
  });
}
