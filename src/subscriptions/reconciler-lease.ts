import type { Clock } from '../domain/clock.ts';
import type { Leases } from '../store/store.ts';

/** One replica at a time. Asked often, it asks the store now and then. */
export interface ReconcilerLease {
  /** `gained`: held since this very call. */
  hold(): Promise<'gained' | 'held' | 'elsewhere'>;
  release(): Promise<void>;
}

const LEASE_NAME = 'reconciler';
/** Longer than a run can take; so long nobody asks after a crash. */
const TTL_MS = 60_000;
const RENEW_MS = 15_000;
const RETRY_MS = 5_000;

export function createReconcilerLease(leases: Leases, owner: string, clock: Clock): ReconcilerLease {
  let isHeld = false;
  let askAtMs = Number.NEGATIVE_INFINITY;

  return {
    async hold() {
      if (clock.now() < askAtMs) return isHeld ? 'held' : 'elsewhere';
      const wasHeld = isHeld;
      isHeld = false; // until the store says so again
      isHeld = await leases.acquire(LEASE_NAME, owner, TTL_MS);
      askAtMs = clock.now() + (isHeld ? RENEW_MS : RETRY_MS);
      if (!isHeld) return 'elsewhere';
      return wasHeld ? 'held' : 'gained';
    },
    async release() {
      if (isHeld) await leases.release(LEASE_NAME, owner);
      isHeld = false;
    },
  };
}
