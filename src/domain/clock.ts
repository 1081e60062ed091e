import type { Instant } from './message.ts';

/** Time, handed in so that tests can move it. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** Agrees with this machine's clock when it is made, and goes on whatever that is set to afterwards. */
export function createSteadyClock(): Clock {
  const startedAtMs = Date.now() - performance.now();
  return { now: () => startedAtMs + performance.now() };
}

export const toInstant = (epochMs: number): Instant => new Date(epochMs).toISOString();
