import type { Clock } from '../../domain/clock.ts';
import type { Logger } from '../../logger.ts';
import type { Store } from '../store.ts';
import { createCounters } from './counters.ts';
import { createDeadLetters } from './dead-letters.ts';
import { type Environment, openEnvironment } from './environment.ts';
import { createEventLog } from './event-log.ts';
import { claimFolder } from './folder-owner.ts';
import { createLeases } from './leases.ts';
import { createBatches, createSendLedger } from './send-ledger.ts';
import { asDamage } from './store-folder.ts';
import { createWatchList } from './watch-list.ts';

export interface EmbeddedStoreOptions {
  /** Claims and leases end by it: a wall clock that is set must not end them. @default the clock of the events */
  readonly steadyClock?: Clock | undefined;
  /** For what happens to the folder while it is open. */
  readonly logger?: Logger;
}

/**
 * Opens the store in a folder (LMDB), making the folder when there is none.
 *
 * @throws when another living process uses the folder, or when the store that was in it is damaged or gone
 */
export async function openEmbeddedStore(
  folder: string,
  clock: Clock,
  options: EmbeddedStoreOptions = {},
): Promise<Store> {
  const { steadyClock = clock, logger = null } = options;
  try {
    return await openParts(await openEnvironment(folder, logger), folder, { clock, steadyClock });
  } catch (error) {
    throw asDamage(error, folder);
  }
}

async function openParts(
  environment: Environment,
  folder: string,
  { clock, steadyClock }: { readonly clock: Clock; readonly steadyClock: Clock },
): Promise<Store> {
  try {
    const giveUpFolder = await claimFolder(environment, folder);
    const log = createEventLog(environment, clock);
    return {
      log,
      sends: createSendLedger(environment, steadyClock),
      batches: createBatches(environment, steadyClock),
      watches: createWatchList(environment),
      leases: createLeases(environment, steadyClock),
      counters: createCounters(environment),
      deadLetters: createDeadLetters(environment),
      keep: (name, value) =>
        environment.write(() => {
          const { facts } = environment.tables;
          const kept = facts.get(`kept ${name}`);
          if (kept === undefined) facts.put(`kept ${name}`, value);
          return String(kept ?? value);
        }),
      ping: () => environment.touch(),
      async close() {
        log.close();
        await environment.close();
        await giveUpFolder();
      },
    };
  } catch (error) {
    await environment.close();
    throw error;
  }
}
