import { UPSTREAM_LANES, type UpstreamLane } from '../../metrics.ts';
import type { StopSignal } from './stop-signal.ts';

/** Calls that wait for a place, in lanes: those of a higher lane go first, those of one lane in the order they came. */
export interface WaitingLanes {
  /** Resolves with what `take` gives when it is this call's turn. Rejects, and is out of the lane, as soon as the signal aborts. */
  wait<Place>(lane: UpstreamLane, signal: StopSignal, take: () => Place): Promise<Place>;
  /** Lets the next call take its place; false when no lane that may start has one. */
  admitNext(mayStart: (lane: UpstreamLane) => boolean): boolean;
}

/** A lane that waits gets one in so many of the places it might have had, however busy those above it are. */
const PLACES_PER_TURN = 20;

interface Lane {
  readonly name: UpstreamLane;
  readonly waiters: Set<() => void>;
  /** Places that went to other lanes since its last turn, while it could have had them. */
  passedOver: number;
}

/**
 * Not p-queue: its one number of places knows no place that is kept for some, its priorities starve the lowest, and a call
 * whose signal aborts gives its place up while it may still be on the wire.
 *
 * @param onChange called with how many more, or fewer, calls wait in a lane
 */
export function createWaitingLanes(onChange: (lane: UpstreamLane, difference: number) => void): WaitingLanes {
  const lanes = UPSTREAM_LANES.map((name): Lane => ({ name, waiters: new Set(), passedOver: 0 }));
  const byName = new Map(lanes.map((lane) => [lane.name, lane]));

  function leave(lane: Lane | undefined, waiter: () => void): void {
    if (lane?.waiters.delete(waiter)) onChange(lane.name, -1);
  }

  return {
    wait(name, signal, take) {
      const lane = byName.get(name);
      return new Promise((resolve, reject) => {
        const onAbort = () => {
          leave(lane, admit);
          reject(signal.reason);
        };
        const admit = () => {
          leave(lane, admit);
          signal.removeEventListener('abort', onAbort);
          resolve(take());
        };
        lane?.waiters.add(admit);
        onChange(name, 1);
        signal.addEventListener('abort', onAbort, { once: true });
      });
    },
    admitNext(mayStart) {
      const ready = lanes.filter(({ name, waiters }) => waiters.size > 0 && mayStart(name));
      // The lowest lane that has waited long enough, else the highest.
      const next = ready.findLast(({ passedOver }) => passedOver >= PLACES_PER_TURN - 1) ?? ready[0];
      for (const lane of ready) lane.passedOver = lane === next ? 0 : lane.passedOver + 1;
      const [admit] = next?.waiters ?? [];
      admit?.();
      return admit !== undefined;
    },
  };
}
