import type { Clock } from '../domain/clock.ts';
import type { Message } from '../domain/message.ts';
import type { WatchList } from '../store/store.ts';
import { isLate } from './watch-schedule.ts';

/**
 * After an outage everything that waits may have lost its report, also what is not due for hours. A sweep makes all of it
 * due now. One is called for when this process begins to reconcile, when the store was away, and when a report is found
 * that a webhook should have brought; and again every few minutes, until one finds nothing more.
 */
export interface WatchSweep {
  callFor(): void;
  /** Calls for one when any of the recovered messages should have been told by a webhook long ago. */
  judge(recovered: readonly Message[]): void;
  /** Sweeps, if it is called for and not too soon. */
  run(watches: WatchList): Promise<void>;
}

const MIN_INTERVAL_MS = 5 * 60_000;
/** The provider tries for about a minute. */
const LOST_AFTER_MS = 2 * 60_000;
/** Those due soonest, which are the youngest; the others come in their turn. */
const MAX_SWEPT = 20_000;

export function createWatchSweep(clock: Clock): WatchSweep {
  let isCalledFor = false;
  let sweptAtMs = Number.NEGATIVE_INFINITY;

  const isLost = ({ deliveredAt }: Message) =>
    deliveredAt !== null && clock.now() - Date.parse(deliveredAt) > LOST_AFTER_MS;

  return {
    callFor() {
      isCalledFor = true;
    },
    judge(recovered) {
      if (recovered.some(isLost)) isCalledFor = true;
    },
    async run(watches) {
      const nowMs = clock.now();
      if (!isCalledFor || nowMs - sweptAtMs < MIN_INTERVAL_MS) return;
      const all = await watches.due(Number.MAX_SAFE_INTEGER, MAX_SWEPT);
      const early = all.filter((watch) => watch.dueAtMs > nowMs && isLate(watch, nowMs));
      if (early.length > 0) await watches.reschedule(early.map((watch) => ({ ...watch, dueAtMs: nowMs })));
      isCalledFor = false;
      sweptAtMs = nowMs;
    },
  };
}
