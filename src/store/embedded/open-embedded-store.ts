import type { Clock } from '../../domain/clock.ts';
import type { Store } from '../store.ts';
import { createCounters } from './counters.ts';
import { createDeadLetters } from './dead-letters.ts';
import { openEnvironment } from './environment.ts';
import { createEventLog } from './event-log.ts';
import { claimFolder } from './folder-owner.ts';
import { createLeases } from './leases.ts';
import { createBatches, createSendLedger } from './send-ledger.ts';
import { createWatchList } from './watch-list.ts';

/**
 * Opens the store in a folder (LMDB), making the folder when there is none.
 *
 * @param clock positions of events follow it
 * @param steadyClock claims and leases end by it: a wall clock that is set must not end them
 * @throws when another living process uses the folder
 */
export async function openEmbeddedStore(folder: string, clock: Clock, steadyClock = clock): Promise<Store> {
  const environment = openEnvironment(folder);
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
