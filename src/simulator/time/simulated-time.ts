import { bisect } from './bisect.ts';
import type { CancelTimer, SimulatorTime } from './simulator-time.ts';

/** Time that stands still until it is told to move: ten minutes of outage pass in a moment. */
export interface SimulatedTime extends SimulatorTime {
  /**
   * Moves forward, running what falls due in order, each at its own hour. Everything due at one instant runs side by
   * side, and is finished (webhooks answered or refused) before time moves on.
   */
  advance(ms: number): Promise<void>;
  /** How many timers wait. */
  readonly pendingCount: number;
}

interface Timer {
  readonly dueAtMs: number;
  readonly work: () => void | Promise<void>;
  /** Stays in its place until its turn comes: taking thousands out one by one would be slow. */
  isCancelled: boolean;
}

/** Index of the first timer that is due later than the instant. */
const firstAfter = (timers: readonly Timer[], instantMs: number): number =>
  bisect(timers, ({ dueAtMs }) => dueAtMs > instantMs);

/** @param startMs where time begins, in milliseconds since the Unix epoch */
export function createSimulatedTime(startMs: number): SimulatedTime {
  let nowMs = startMs;
  const timers: Timer[] = [];

  function schedule(timer: Timer): CancelTimer {
    timers.splice(firstAfter(timers, timer.dueAtMs), 0, timer);
    return () => {
      timer.isCancelled = true;
    };
  }

  async function runNextInstant(): Promise<void> {
    const dueAtMs = timers[0]?.dueAtMs ?? nowMs;
    nowMs = Math.max(nowMs, dueAtMs);
    const due = timers.splice(0, firstAfter(timers, dueAtMs));
    await Promise.all(due.map((timer) => (timer.isCancelled ? undefined : timer.work())));
  }

  return {
    now: () => nowMs,
    after: (delayMs, work) => schedule({ dueAtMs: nowMs + Math.max(0, delayMs), work, isCancelled: false }),
    async advance(ms) {
      const untilMs = nowMs + ms;
      while (timers[0] !== undefined && timers[0].dueAtMs <= untilMs) await runNextInstant();
      nowMs = Math.max(nowMs, untilMs);
    },
    get pendingCount() {
      return timers.filter((timer) => !timer.isCancelled).length;
    },
  };
}
