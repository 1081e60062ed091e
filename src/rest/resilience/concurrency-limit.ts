import type { UpstreamLane } from '../../metrics.ts';
import type { StopSignal } from './stop-signal.ts';
import { createWaitingLanes } from './waiting-lanes.ts';

/**
 * How many calls run at once: as many as the provider bears. Rises by one for each round of successes and is halved by a 429
 * (additive increase, multiplicative decrease). A part of the places is kept for sends, so that other calls, however slow,
 * never hold them all.
 */
export interface ConcurrencyLimit {
  /** Waits for a place, in its lane; rejects when the signal aborts. Call the result when done. */
  acquire(lane: UpstreamLane, signal: StopSignal): Promise<ReleasePlace>;
  readonly current: number;
}

/** Gives the place back. */
export type ReleasePlace = (verdict: 'ok' | 'rate_limited' | 'other') => void;

export interface ConcurrencyLimitOptions {
  readonly max: number;
  /** Hears by how much the limit, a whole number, went up or down. */
  readonly onChange: (difference: number) => void;
  /** Called with how many more, or fewer, calls of a lane have a place or wait for one. */
  readonly onLaneChange: (kind: 'places' | 'waiting', lane: UpstreamLane, difference: number) => void;
}

const MIN_LIMIT = 1;
const DECREASE = 0.5;
/** One place in so many is kept for sends. */
const PLACES_PER_KEPT_ONE = 4;

export function createConcurrencyLimit(options: ConcurrencyLimitOptions): ConcurrencyLimit {
  const { max, onChange, onLaneChange } = options;
  const waiting = createWaitingLanes((lane, difference) => onLaneChange('waiting', lane, difference));
  let limit = max;
  let sends = 0;
  let others = 0;
  let round = 0; // calls that started before the last decrease do not decrease again

  function setLimit(next: number): void {
    const before = Math.floor(limit);
    limit = Math.min(max, Math.max(MIN_LIMIT, next));
    if (Math.floor(limit) !== before) onChange(Math.floor(limit) - before);
  }

  /** At least one, even if that makes two calls where one is allowed: a send waits for nothing but sends. */
  function placesForSends(): number {
    return Math.min(Math.ceil(max / PLACES_PER_KEPT_ONE), Math.max(1, Math.floor(limit / 2)));
  }

  function mayStart(lane: UpstreamLane): boolean {
    const isBelowLimit = sends + others < Math.floor(limit);
    if (lane === 'send') return isBelowLimit || sends < placesForSends();
    return isBelowLimit && others < Math.max(1, Math.floor(limit) - placesForSends());
  }

  function count(lane: UpstreamLane, difference: 1 | -1): void {
    if (lane === 'send') sends += difference;
    else others += difference;
    onLaneChange('places', lane, difference);
  }

  function place(lane: UpstreamLane): ReleasePlace {
    count(lane, 1);
    const startedIn = round;
    return (verdict) => {
      count(lane, -1);
      if (verdict === 'ok') setLimit(limit + 1 / limit);
      if (verdict === 'rate_limited' && startedIn === round) {
        round += 1;
        setLimit(limit * DECREASE);
      }
      while (waiting.admitNext(mayStart));
    };
  }

  return {
    async acquire(lane, signal) {
      signal.throwIfAborted();
      // A call that may start now passes nobody over: each that waits is one that may not.
      return mayStart(lane) ? place(lane) : waiting.wait(lane, signal, () => place(lane));
    },
    get current() {
      return Math.floor(limit);
    },
  };
}
