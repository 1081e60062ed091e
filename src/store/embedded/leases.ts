import type { Clock } from '../../domain/clock.ts';
import type { Leases } from '../store.ts';
import type { Environment } from './environment.ts';
import { keyPart } from './key-part.ts';

export function createLeases({ tables, overwrite, read, writeNow }: Environment, clock: Clock): Leases {
  const { leases } = tables;
  // A folder has one process at a time: who held a lease before this one is gone.
  writeNow(() => leases.clearSync());

  return {
    acquire: (name, owner, ttlMs) =>
      overwrite(() => {
        const key = keyPart(name);
        const held = leases.get(key);
        const nowMs = clock.now();
        if (held !== undefined && held.owner !== owner && held.expiresAtMs > nowMs) return false;
        leases.put(key, { owner, expiresAtMs: nowMs + ttlMs });
        return true;
      }),
    release: (name, owner) =>
      overwrite(() => {
        const key = keyPart(name);
        if (leases.get(key)?.owner === owner) leases.remove(key);
      }),
    isHeld: (name) => read(() => (leases.get(keyPart(name))?.expiresAtMs ?? 0) > clock.now()),
  };
}
