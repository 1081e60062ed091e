import type { Clock } from '../domain/clock.ts';
import type { Logger } from '../logger.ts';
import type { Store } from './store.ts';

export interface Retention {
  /** How long delivery reports are kept. */
  readonly logMs: number;
  /** How long idempotency keys are held. */
  readonly ledgerMs: number;
}

const HOUR_MS = 3_600_000;
export const DEFAULT_RETENTION: Retention = { logMs: 72 * HOUR_MS, ledgerMs: 7 * 24 * HOUR_MS };

const INTERVAL_MS = 60_000;

/** Forgets what is older than the retention; told how many entries of each it forgot. */
export async function trimStore(
  store: Store,
  retention: Retention,
  nowMs: number,
): Promise<{ readonly reports: number; readonly sends: number }> {
  const reports = await store.log.trim(nowMs - retention.logMs);
  const sends = await store.sends.trim(retention.ledgerMs);
  return { reports, sends };
}

/** Trims the store now and then for as long as the process lives, without keeping it alive. */
export function startHousekeeping(
  store: Store,
  options: { readonly retention: Retention; readonly clock: Clock; readonly logger: Logger },
): () => void {
  const { retention, clock, logger } = options;
  let isRunning = false;
  const run = async () => {
    if (isRunning) return;
    isRunning = true;
    try {
      const forgotten = await trimStore(store, retention, clock.now());
      if (forgotten.reports + forgotten.sends > 0)
        logger.debug(forgotten, 'Forgot what is past its retention');
    } catch (error) {
      logger.warn({ err: error }, 'Could not trim the store; trying again in a minute');
    } finally {
      isRunning = false;
    }
  };
  const timer = setInterval(run, INTERVAL_MS).unref();
  return () => clearInterval(timer);
}
