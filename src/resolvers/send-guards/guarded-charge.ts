import type { Guard } from '../../domain/guard.ts';
import type { CounterCharge } from '../../store/store.ts';

/** What one send takes of one limit, and what the caller is told when it is used up. */
export interface GuardedCharge {
  readonly guard: Guard;
  readonly charge: CounterCharge;
  /** @param wait until the limit is free again: `34 minutes` */
  readonly refusal: (wait: string) => string;
}

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
