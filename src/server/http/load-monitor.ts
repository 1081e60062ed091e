import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Tells when the process has more to do than it can: readers are then turned away, so that webhooks are still taken. */
export interface LoadMonitor {
  readonly isOverloaded: boolean;
  stop(): void;
}

export const RETRY_AFTER_OVERLOAD_SECONDS = 1;

const RESOLUTION_MS = 10;
const WINDOW_MS = 250;
/** One pause, of the garbage collector or of the machine, is over before anybody would come back. */
const WINDOWS_TO_SHED = 2;
const NANOSECONDS_PER_MS = 1e6;

/** Overloaded is a process whose mean lag was too long in several windows one after the other. */
export function createLoadMonitor(maxLagMs: number): LoadMonitor {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  let busyWindows = 0;
  const isOverloaded = () => busyWindows >= WINDOWS_TO_SHED;
  const timer = setInterval(() => {
    const lagMs = histogram.count === 0 ? 0 : histogram.mean / NANOSECONDS_PER_MS - RESOLUTION_MS;
    histogram.reset();
    // It takes less to stay overloaded than to become it: otherwise it flips with every window.
    busyWindows = lagMs > (isOverloaded() ? maxLagMs / 2 : maxLagMs) ? busyWindows + 1 : 0;
  }, WINDOW_MS);
  timer.unref();

  return {
    get isOverloaded() {
      return isOverloaded();
    },
    stop() {
      clearInterval(timer);
      histogram.disable();
    },
  };
}
