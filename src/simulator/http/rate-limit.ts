export interface SimulatorRateLimit {
  /** Over all keys of an account; more is `429 RATE_LIMIT_EXCEEDED`. @default 1000 */
  readonly perAccountPerSecond: number;
  /** Null: no limit by address; more is a 429 without a body. @default null */
  readonly perIpPerSecond: number | null;
}

export const DEFAULT_RATE_LIMIT: SimulatorRateLimit = { perAccountPerSecond: 1_000, perIpPerSecond: null };

export interface RateCounter {
  /** Counts one request; false when the subject had its share of this second. */
  admit(subject: string): boolean;
}

/** Counts requests per subject in windows of one second. */
export function createRateCounter(limitPerSecond: number | null, now: () => number): RateCounter {
  let window = -1;
  const counts = new Map<string, number>();

  return {
    admit(subject) {
      if (limitPerSecond === null) return true;
      const current = Math.floor(now() / 1000);
      if (current !== window) {
        window = current;
        counts.clear();
      }
      const count = (counts.get(subject) ?? 0) + 1;
      counts.set(subject, count);
      return count <= limitPerSecond;
    },
  };
}
