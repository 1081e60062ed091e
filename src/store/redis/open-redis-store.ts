import type { Logger } from '../../logger.ts';
import type { Store } from '../store.ts';
import { checkServer } from './check-server.ts';
import { connectToRedis } from './connection.ts';
import { createCounters } from './counters.ts';
import { createDeadLetters } from './dead-letters.ts';
import { createEpochWatch } from './epoch-watch.ts';
import { createEventLog } from './event-log.ts';
import { createLeases } from './leases.ts';
import { createLogTail } from './log-tail.ts';
import { parseRedisUrl } from './redis-url.ts';
import { defineScript } from './script.ts';
import { createBatches, createSendLedger } from './send-ledger.ts';
import { createProbe } from './server-probe.ts';
import { createStoreKeys } from './store-keys.ts';
import { createWatchList } from './watch-list.ts';

export interface RedisStoreOptions {
  readonly url: string;
  readonly logger: Logger;
  /** Names this process in the server's list of clients. */
  readonly processId: string;
  /** How long a report is remembered, so that it is not taken in twice. */
  readonly retentionMs: number;
  /** How long idempotency keys, and the batches that belong to them, are held. */
  readonly ledgerRetentionMs: number;
  /** How long to wait for the server at the start. @default 10 seconds */
  readonly connectTimeoutMs?: number;
}

/** KEYS kept value. ARGV the value, when none is kept yet. Answers the one that is kept. */
const KEEP = defineScript(`
redis.call('SET', KEYS[1], ARGV[1], 'NX')
return redis.call('GET', KEYS[1])
`);

/** A server that starts together with the gateway gets the time to come up. */
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Opens the store on a Redis or Valkey server.
 *
 * @throws StoreUnavailableError when it cannot be reached or refuses us; Error when it is too old
 */
export async function openRedisStore(options: RedisStoreOptions): Promise<Store> {
  const {
    url,
    logger,
    processId,
    retentionMs,
    ledgerRetentionMs,
    connectTimeoutMs = CONNECT_TIMEOUT_MS,
  } = options;
  const { connectUrl, serverName, keyPrefix, replicas } = parseRedisUrl(url);
  const client = { url: connectUrl, clientName: toClientName(processId) };
  const keys = createStoreKeys(keyPrefix);
  const closing = new AbortController();
  const probe = createProbe(serverName, keys);
  const connection = await connectToRedis({
    client,
    serverName,
    logger,
    timeoutMs: connectTimeoutMs,
    probe,
    replicas,
  });
  try {
    await checkServer(connection, serverName, logger);
  } catch (error) {
    connection.close();
    throw error;
  }

  const tail = createLogTail({ client, logKey: keys.log, probe, connection, closing: closing.signal });

  const epochs = createEpochWatch({ connection, keys, serverName, logger, onEmptied: tail.reopen });

  return {
    log: createEventLog({
      connection,
      keys,
      tail: tail.follow,
      retentionMs,
      onEpoch: epochs.saw,
    }),
    sends: createSendLedger(connection, keys),
    batches: createBatches(connection, keys, ledgerRetentionMs),
    async keep(name, value) {
      // Only what is new needs its replicas: a gateway can start while they are away.
      const kept = await connection.command('GET', keys.kept(name));
      return String(kept ?? (await connection.write(KEEP, [keys.kept(name)], [value])));
    },
    watches: createWatchList(connection, keys),
    leases: createLeases(connection, keys),
    counters: createCounters(connection, keys),
    deadLetters: createDeadLetters(connection, keys),
    ping: () => epochs.probe(connection.write),
    warning: epochs.warning,
    clockMs: epochs.clockMs,
    async close() {
      closing.abort();
      epochs.close();
      connection.close();
    },
  };
}

/** The server takes no spaces and no control characters in names. */
const toClientName = (processId: string): string => processId.replaceAll(/[^\x21-\x7e]/g, '-');
