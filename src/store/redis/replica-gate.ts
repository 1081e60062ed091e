import { StoreUnavailableError, TooFewReplicasError } from '../store.ts';
import type { Send } from './sender.ts';

/** Lets a write pass only when enough replicas have it too. */
export interface ReplicaGate {
  /**
   * @param generation the connection that the write was answered on: WAIT speaks for its own connection only
   * @throws TooFewReplicasError when too few have it in time; StoreUnavailableError when the connection was lost meanwhile
   */
  pass(generation: number): Promise<void>;
}

/** How long a WAIT may hold up the connection, and with it everybody's commands. */
const WAIT_MS = 1000;
/** While replicas are known to be away: enough for one that came back, and short for those who only read. */
const DOUBTFUL_WAIT_MS = 50;
/** Replicas speak up once a second. One that was silent for longer is not waited for. */
const LONGEST_LAG_S = 2;

/** One WAIT is under way at a time; all who come meanwhile share the next one, which covers all that was written before. */
export function createReplicaGate(send: Send, replicas: number): ReplicaGate {
  let areAway = false;

  const waitForReplicas = async (): Promise<number> => {
    const waitMs = areAway ? DOUBTFUL_WAIT_MS : WAIT_MS;
    const { reply, generation } = await send('WAIT', String(replicas), String(waitMs));
    const confirmed = Number(reply);
    areAway = confirmed < replicas && (await countOnline(send)) < replicas;
    if (confirmed < replicas) throw new TooFewReplicasError(confirmed, replicas);
    return generation;
  };
  let current: Promise<number> = Promise.resolve(0);
  let next: Promise<number> | null = null;

  return {
    async pass(written) {
      next ??= current
        .catch(() => undefined)
        .then(() => {
          next = null;
          current = waitForReplicas();
          return current;
        });
      if ((await next) !== written) {
        throw new StoreUnavailableError(
          'The connection to Redis was replaced before replicas confirmed the write.',
        );
      }
    },
  };
}

/** A server that does not tell may have them all: every write waits for its full time then. */
async function countOnline(send: Send): Promise<number> {
  const about = await send('INFO', 'replication').catch(() => null);
  if (about === null) return Number.POSITIVE_INFINITY;
  const lines = String(about.reply).matchAll(/^slave\d+:.*\bstate=online\b.*\blag=(\d+)/gm);
  return [...lines].filter(([, lag]) => Number(lag) <= LONGEST_LAG_S).length;
}
