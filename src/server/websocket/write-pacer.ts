/** Decides when frames that wait for each other leave. */
export interface WritePacer {
  /** Calls back soon: at once after a quiet moment, together with all others in a busy one. */
  soon(flush: () => void): void;
}

/**
 * How long frames of a busy moment wait for more. A write costs several times what a frame in it costs; nobody sees a
 * fortieth of a second in a delivery report.
 */
const BUSY_INTERVAL_MS = 25;

/** One for all sockets of a process: an event goes to many at once, and so do those that follow on it. */
export function createWritePacer(): WritePacer {
  let waiting: (() => void)[] = [];
  let lastFlushMs = Number.NEGATIVE_INFINITY;

  function flushAll(): void {
    const flushes = waiting;
    waiting = [];
    lastFlushMs = performance.now();
    for (const flush of flushes) flush();
  }

  return {
    soon(flush) {
      waiting.push(flush);
      if (waiting.length > 1) return;
      const waitMs = lastFlushMs + BUSY_INTERVAL_MS - performance.now();
      if (waitMs <= 0) setImmediate(flushAll);
      else setTimeout(flushAll, waitMs);
    },
  };
}
