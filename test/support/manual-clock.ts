import type { Clock } from '../../src/domain/clock.ts';

/** A clock that moves only when a test says so. */
export interface ManualClock extends Clock {
  advance(ms: number): void;
}

export function createManualClock(startMs = Date.parse('2026-02-13T10:30:00Z')): ManualClock {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    advance(ms) {
      nowMs += ms;
    },
  };
}
