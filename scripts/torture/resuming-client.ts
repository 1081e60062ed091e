import { setTimeout as pause } from 'node:timers/promises';
import type { Subscribe } from '../../test/support/subscribe-once.ts';
import type { ReplicaSet } from './replica-set.ts';

export interface ResumingClientOptions {
  readonly replicas: ReplicaSet;
  /** Where it connects first. */
  readonly firstReplica: number;
  readonly subscribe: Subscribe;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /**
   * It stores its cursor so many events late, as one that crashes with its page: after a reconnect it sees these events again.
   */
  readonly eventsForgotten: number;
  /** @returns the cursor of the event */
  readonly take: (data: unknown) => string;
  /** Told of each end of a connection. */
  readonly onEnd: (how: string) => void;
}

/** A client that goes on at the next replica whenever it loses one. */
export interface ResumingClient {
  /** Resolves when the gateway completed the subscription, or `stop` was called. */
  readonly done: Promise<void>;
  stop(): Promise<void>;
}

const LONGEST_PAUSE_MS = 100;

export function startResumingClient(options: ResumingClientOptions): ResumingClient {
  const { replicas, subscribe, query, variables, take, onEnd } = options;
  const stopping = new AbortController();
  const cursors: string[] = [];
  const onData = (data: unknown) => {
    cursors.push(take(data));
    if (cursors.length > options.eventsForgotten + 1) cursors.shift();
  };

  async function run(): Promise<void> {
    for (let index = options.firstReplica; !stopping.signal.aborted; index += 1) {
      const after = cursors.splice(0)[0] ?? null;
      if (after !== null) cursors.push(after);
      const url = replicas.urlOf(index);
      const how = await subscribe({ url, query, variables, after, onData, signal: stopping.signal });
      if (stopping.signal.aborted) return;
      onEnd(how);
      if (how === 'complete') return;
      await pause(Math.random() * LONGEST_PAUSE_MS);
    }
  }

  const done = run();
  return {
    done,
    stop() {
      stopping.abort();
      return done;
    },
  };
}
