import type { Clock } from '../domain/clock.ts';

/** REST calls that may be made; refilled as time goes by, never more than one second's worth at once. */
export interface CallBudget {
  /** Takes one call, if there is one. */
  tryTake(): boolean;
  /** Calls that were made besides: retries. The next ones wait for them. */
  charge(calls: number): void;
}

export function createCallBudget(callsPerSecond: number, clock: Clock): CallBudget {
  let left = callsPerSecond;
  let filledAtMs = clock.now();

  function refill(): void {
    const nowMs = clock.now();
    const earned = (Math.max(0, nowMs - filledAtMs) / 1000) * callsPerSecond;
    left = Math.min(callsPerSecond, left + earned);
    filledAtMs = nowMs;
  }

  return {
    tryTake() {
      refill();
      if (left < 1) return false;
      left -= 1;
      return true;
    },
    charge(calls) {
      left -= calls;
    },
  };
}
