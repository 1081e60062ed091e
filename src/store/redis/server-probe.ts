import { ErrorReply } from 'redis';
import type { ReadingClient, RedisClient } from './client.ts';
import { explainReply, isNotThePrimary, type RefusalError } from './refusal.ts';
import { defineScript } from './script.ts';
import type { StoreKeys } from './store-keys.ts';

/**
 * KEYS probe, epoch. ARGV milliseconds. Writes as every write does, so that it is refused when they are. Answers the server's
 * clock in milliseconds, and the epoch of the log unless the log is gone.
 */
export const PROBE = defineScript(`
redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])
local time = redis.call('TIME')
return {string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)), redis.call('GET', KEYS[2])}
`);

/** How long the key of a probe stays. */
export const PROBE_TTL_MS = 10_000;

/** What answers at the other end of a new connection. */
export interface ServerFacts {
  /** Changes with every start of a server; null when it keeps it to itself. */
  readonly runId: string | null;
  /** Why no command must be sent to it; null for a primary, also one that refuses writes for now. */
  readonly refusal: RefusalError | null;
}

export type Probe = (client: RedisClient | ReadingClient) => Promise<ServerFacts>;

/** A name may lead to a replica, or to the primary of before, right after a failover: what is there is looked at first. */
export const createProbe =
  (serverName: string, keys: Pick<StoreKeys, 'probe' | 'epoch'>): Probe =>
  async (client) => {
    const refusalOf = (error: unknown) => {
      if (!(error instanceof ErrorReply)) throw error;
      return explainReply(serverName, error.message);
    };
    const write = ['EVAL', PROBE.source, '2', keys.probe, keys.epoch, String(PROBE_TTL_MS)];
    const [refusal, about] = await Promise.all([
      client.sendCommand(write).then(() => null, refusalOf),
      // Told by a replica that takes writes, too, which nobody else would ever see.
      client.sendCommand(['INFO', 'server', 'replication']).then(String, (error) => refusalOf(error) && ''),
    ]);
    const isReplica = /^role:slave/m.test(about);
    return {
      runId: /^run_id:(\S+)/m.exec(about)?.[1] ?? null,
      refusal: isNotThePrimary(refusal) ? refusal : isReplica ? explainReply(serverName, 'READONLY') : null,
    };
  };
