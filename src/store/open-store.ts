import { fileURLToPath } from 'node:url';
import type { Clock } from '../domain/clock.ts';
import type { Logger } from '../logger.ts';
import { DEFAULT_RETENTION, type Retention, startHousekeeping } from './housekeeping.ts';
import type { Store } from './store.ts';

export interface StoreOptions {
  /** `file:./data`, `redis://…` or `rediss://…`. */
  readonly url: string;
  readonly clock: Clock;
  /** Claims and leases of the embedded engine end by it. @default `clock` */
  readonly steadyClock?: Clock;
  readonly logger: Logger;
  /** How long delivery reports are kept. @default 72 hours */
  readonly retentionMs?: number;
  /** How long idempotency keys are held. @default 7 days */
  readonly ledgerRetentionMs?: number;
  /** Names this process. */
  readonly processId: string;
}

/**
 * Opens the durable state that the URL names, and keeps it trimmed to its retention until it is closed.
 *
 * @throws when the URL cannot be used, the folder is in use by another process, or the server cannot be reached
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { clock, logger, retentionMs, ledgerRetentionMs } = options;
  const retention = {
    logMs: retentionMs ?? DEFAULT_RETENTION.logMs,
    ledgerMs: ledgerRetentionMs ?? DEFAULT_RETENTION.ledgerMs,
  };
  const store = await openEngine(options, retention);
  const stopHousekeeping = startHousekeeping(store, { retention, clock, logger });
  return {
    ...store,
    close() {
      stopHousekeeping();
      return store.close();
    },
  };
}

/** Only the engine in use is loaded: the client of Redis alone takes a tenth of the time to start. */
async function openEngine(
  { url, clock, steadyClock, logger, processId }: StoreOptions,
  retention: Retention,
): Promise<Store> {
  const scheme = url.slice(0, url.indexOf(':') + 1);
  switch (scheme) {
    case 'file:': {
      const { openEmbeddedStore } = await import('./embedded/open-embedded-store.ts');
      return openEmbeddedStore(folderOf(url), clock, { steadyClock, logger });
    }
    case 'redis:':
    case 'rediss:': {
      const { openRedisStore } = await import('./redis/open-redis-store.ts');
      const { logMs: retentionMs, ledgerMs: ledgerRetentionMs } = retention;
      return openRedisStore({ url, logger, processId, retentionMs, ledgerRetentionMs });
    }
    default:
      throw new Error(
        `STORE_URL begins with "${scheme}", which is no known store: use file:./folder, redis://host:6379 or rediss://…`,
      );
  }
}

/** `file:./data` is relative to the working directory, which no URL proper can say; `file:///var/data` is absolute. */
function folderOf(url: string): string {
  const folder = url.startsWith('file://') ? fileURLToPath(url) : url.slice('file:'.length);
  if (folder === '') throw new Error('STORE_URL names no folder: use file:./data');
  return folder;
}
