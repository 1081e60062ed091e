import type { Clock } from '../../domain/clock.ts';
import { type Metrics, UPSTREAM_LANES, type UpstreamLane } from '../../metrics.ts';
import type { CallScope } from '../client/call.ts';
import { SharedCall } from './shared-call.ts';

/** Answers of one workspace: identical reads in flight are one call, and for a moment the answer serves repeats. */
export interface ReadCache {
  /**
   * @param key path and query: the same key always means the same kind of result
   * @param load makes the call, for whoever is waiting
   */
  read<Result>(read: CachedRead<Result>, scope: CallScope): Promise<Result>;
  /** Forgets what is kept, and lets no later reader share what is in flight, under keys that begin so. */
  drop(prefixes: readonly string[]): void;
}

export interface CachedRead<Result> {
  readonly key: string;
  /** Where its call would wait. A call in flight that may wait behind others than that is not shared. */
  readonly lane: UpstreamLane;
  /** Passes what is kept by; a call in flight is still shared. */
  readonly isFresh?: boolean;
  readonly load: (scope: CallScope) => Promise<Result>;
}

interface CallInFlight {
  readonly call: SharedCall<unknown>;
  readonly lane: UpstreamLane;
}

const isAtLeast = (lane: UpstreamLane, other: UpstreamLane): boolean =>
  UPSTREAM_LANES.indexOf(lane) <= UPSTREAM_LANES.indexOf(other);

interface KeptAnswer {
  readonly result: unknown;
  readonly expiresAtMs: number;
}

export interface ReadCacheParts {
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** How long an answer serves repeats. */
  readonly ttlMs: number;
  readonly maxAnswers: number;
}

export function createReadCache({ clock, metrics, ttlMs, maxAnswers }: ReadCacheParts): ReadCache {
  const kept = new Map<string, KeptAnswer>();
  const inFlight = new Map<string, CallInFlight>();

  function keep(key: string, result: unknown): void {
    if (ttlMs <= 0) return;
    const nowMs = clock.now();
    kept.delete(key);
    kept.set(key, { result, expiresAtMs: nowMs + ttlMs });
    // The oldest come first: what is out of date goes, and what is too many.
    for (const [oldKey, { expiresAtMs }] of kept) {
      if (expiresAtMs > nowMs && kept.size <= maxAnswers) return;
      kept.delete(oldKey);
    }
  }

  function start<Result>({ key, lane, load }: CachedRead<Result>, { cost }: CallScope): SharedCall<unknown> {
    const call = new SharedCall<unknown>(async (signal) => {
      try {
        const result = await load({ signal, cost, lane });
        // A call that was dropped meanwhile may hold what is no longer true.
        if (inFlight.get(key)?.call === call) keep(key, result);
        return result;
      } finally {
        if (inFlight.get(key)?.call === call) inFlight.delete(key);
      }
    });
    inFlight.set(key, { call, lane });
    return call;
  }

  function dropFrom(map: Map<string, unknown>, prefixes: readonly string[]): void {
    for (const key of map.keys()) if (prefixes.some((prefix) => key.startsWith(prefix))) map.delete(key);
  }

  return {
    // The key decides the type of the result, so what was kept under it is what `load` would give.
    async read<Result>(read: CachedRead<Result>, scope: CallScope): Promise<Result> {
      const answer = read.isFresh === true ? undefined : kept.get(read.key);
      if (answer !== undefined && answer.expiresAtMs > clock.now()) {
        scope.cost.cached += 1;
        metrics.upstreamReads.inc({ result: 'cached' });
        return answer.result as Result;
      }
      scope.signal.throwIfAborted();
      const running = inFlight.get(read.key);
      const isShared =
        running !== undefined && !running.call.isAbandoned && isAtLeast(running.lane, read.lane);
      if (isShared) scope.cost.coalesced += 1;
      metrics.upstreamReads.inc({ result: isShared ? 'coalesced' : 'called' });
      return (await (isShared ? running.call : start(read, scope)).join(scope.signal)) as Result;
    },
    drop(prefixes) {
      dropFrom(kept, prefixes);
      dropFrom(inFlight, prefixes);
    },
  };
}
