import type { Instant } from './message.ts';

/** Time, handed in so that tests can move it. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

export const toInstant = (epochMs: number): Instant => new Date(epochMs).toISOString();
