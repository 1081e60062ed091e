import type { Clock } from '../../domain/clock.ts';

/** Longer timers fire at once; an instant that is further away is looked at again then. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Calls once the instant has come; at once when it has passed. Keeps no process alive.
 *
 * @param instantMs since epoch
 * @returns calls it off
 */
export function callAt(instantMs: number, clock: Clock, call: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    const left = instantMs - clock.now();
    if (left <= 0) call();
    else timer = setTimeout(look, Math.min(left, MAX_TIMER_MS)).unref();
  };
  look();
  return () => clearTimeout(timer);
}
