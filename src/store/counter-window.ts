import type { CounterCharge } from './store.ts';

/** Windows are aligned to the epoch: every process cuts them at the same instants. */
export const windowEndMs = ({ windowMs }: CounterCharge, nowMs: number): number =>
  (Math.floor(nowMs / windowMs) + 1) * windowMs;
