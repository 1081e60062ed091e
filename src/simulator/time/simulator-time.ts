import { type Clock, systemClock } from '../../domain/clock.ts';

export type CancelTimer = () => void;

/** Time as the simulator uses it: what hour it is, and "do this later". */
export interface SimulatorTime extends Clock {
  /** Runs `work` once after `delayMs`. A pending timer never keeps the process alive. */
  after(delayMs: number, work: () => void | Promise<void>): CancelTimer;
}

/** The longest delay `setTimeout` can hold; longer ones would fire at once. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** Timers of this machine, with the hour taken from `clock`. */
export function createRealTime(clock: Clock = systemClock): SimulatorTime {
  return {
    now: () => clock.now(),
    after(delayMs, work) {
      const timer = setTimeout(() => void work(), Math.min(delayMs, MAX_TIMEOUT_MS));
      timer.unref();
      return () => clearTimeout(timer);
    },
  };
}

export const isSimulatorTime = (clock: Clock): clock is SimulatorTime =>
  'after' in clock && typeof clock.after === 'function';

/** A time whose pending timers can be dropped all at once, so that closing leaves nothing behind. */
export interface DisposableTime extends SimulatorTime {
  dispose(): void;
}

export function createDisposableTime(time: SimulatorTime): DisposableTime {
  const pending = new Set<CancelTimer>();
  let isDisposed = false;

  return {
    now: () => time.now(),
    after(delayMs, work) {
      if (isDisposed) return () => {};
      const cancel = time.after(delayMs, () => {
        pending.delete(cancel);
        return work();
      });
      pending.add(cancel);
      return () => {
        pending.delete(cancel);
        cancel();
      };
    },
    dispose() {
      isDisposed = true;
      for (const cancel of pending) cancel();
      pending.clear();
    },
  };
}
