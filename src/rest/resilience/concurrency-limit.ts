/**
 * How many calls run at once: as many as the provider bears. Rises by one for each round of successes and is halved by a 429
 * (additive increase, multiplicative decrease).
 */
export interface ConcurrencyLimit {
  /** Waits for a place, first come, first served; rejects when the signal aborts. Call the result when done. */
  acquire(signal: AbortSignal): Promise<ReleasePlace>;
  readonly current: number;
}

/** Gives the place back. */
export type ReleasePlace = (verdict: 'ok' | 'rate_limited' | 'other') => void;

export interface ConcurrencyLimitOptions {
  readonly max: number;
  /** Hears by how much the limit, a whole number, went up or down. */
  readonly onChange: (difference: number) => void;
}

interface Waiter {
  readonly admit: () => void;
}

const MIN_LIMIT = 1;
const DECREASE = 0.5;

export function createConcurrencyLimit({ max, onChange }: ConcurrencyLimitOptions): ConcurrencyLimit {
  const waiters = new Set<Waiter>();
  let limit = max;
  let running = 0;
  let round = 0; // calls that started before the last decrease do not decrease again

  function setLimit(next: number): void {
    const before = Math.floor(limit);
    limit = Math.min(max, Math.max(MIN_LIMIT, next));
    if (Math.floor(limit) !== before) onChange(Math.floor(limit) - before);
  }

  function admitWaiters(): void {
    for (const waiter of waiters) {
      if (running >= Math.floor(limit)) return;
      waiters.delete(waiter);
      waiter.admit();
    }
  }

  function place(): ReleasePlace {
    running += 1;
    const startedIn = round;
    return (verdict) => {
      running -= 1;
      if (verdict === 'ok') setLimit(limit + 1 / limit);
      if (verdict === 'rate_limited' && startedIn === round) {
        round += 1;
        setLimit(limit * DECREASE);
      }
      admitWaiters();
    };
  }

  function wait(signal: AbortSignal): Promise<ReleasePlace> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        waiters.delete(waiter);
        reject(signal.reason);
      };
      const waiter = {
        admit: () => {
          signal.removeEventListener('abort', onAbort);
          resolve(place());
        },
      };
      waiters.add(waiter);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  return {
    async acquire(signal) {
      signal.throwIfAborted();
      return running < Math.floor(limit) && waiters.size === 0 ? place() : wait(signal);
    },
    get current() {
      return Math.floor(limit);
    },
  };
}
