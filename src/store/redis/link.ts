import { ErrorReply } from 'redis';
import { StoreUnavailableError } from '../store.ts';
import { type ClientOptions, createCommandClient, pauseMs, type RedisClient } from './client.ts';
import type { Presence } from './presence.ts';
import { explainReply } from './refusal.ts';
import type { Probe, ServerFacts } from './server-probe.ts';

/** The one client in use, and the next one when it has to be given up. */
export interface Link {
  readonly isConnected: boolean;
  /** The client that is connected to a primary. @throws StoreUnavailableError while there is none */
  use(): LinkedClient;
  /** Resolves when a primary answers for the first time; rejects when it refuses us. */
  readonly firstReady: Promise<void>;
  /** Gives this client up and starts another after a pause, unless that has happened already. */
  replace(client: RedisClient, reason: string): void;
  close(): void;
}

export interface LinkedClient {
  readonly client: RedisClient;
  /** Counts the connections that were made: what one of them wrote or heard says nothing about another. */
  readonly generation: number;
}

export interface LinkOptions {
  readonly client: ClientOptions;
  readonly serverName: string;
  readonly presence: Presence;
  readonly probe: Probe;
  /** A connection to a primary was made, the first one or another. */
  readonly onConnected: (server: ServerFacts) => void;
}

/** How long a server that took the connection may take to greet us and to answer the probe. */
const GREETING_TIMEOUT_MS = 2000;

export function createLink({ client: options, serverName, presence, probe, onConnected }: LinkOptions): Link {
  let client: RedisClient | null = null;
  let isAdmitted = false;
  let generation = 0;
  let failures = 0;
  let relaunch: NodeJS.Timeout | undefined;
  let isClosed = false;
  let settleFirst: { resolve: () => void; reject: (error: unknown) => void };
  const firstReady = new Promise<void>((resolve, reject) => {
    settleFirst = { resolve, reject };
  });

  const admit = (server: ServerFacts) => {
    isAdmitted = true;
    generation += 1;
    failures = 0;
    presence.ready();
    settleFirst.resolve();
    onConnected(server);
  };
  const launch = () => {
    // A server that answers but refuses us at the first try (a wrong password) will not change its mind.
    const next = createCommandClient(
      options,
      (cause) => presence.wasEverReady || !(cause instanceof ErrorReply),
    );
    client = next;
    let greeting: NodeJS.Timeout | undefined;
    let connections = 0;
    const probeServer = async (connection: number) => {
      const server = await probe(next).catch(() => null);
      // Lost in the meantime, or silent: it connects again by itself, or is replaced when its time is over.
      if (server === null || connection !== connections || next !== client) return;
      clearTimeout(greeting);
      if (server.refusal === null) admit(server);
      else replace(next, server.refusal.message);
    };
    next.on('connect', () => {
      clearTimeout(greeting);
      // When this process was too busy to look, the greeting may have come already: it is read before the last step.
      const giveUp = () =>
        setImmediate(() => (isAdmitted && next.isReady) || replace(next, 'The server does not answer.'));
      greeting = setTimeout(giveUp, GREETING_TIMEOUT_MS).unref();
    });
    next.on('ready', () => {
      if (next !== client) return;
      isAdmitted = false;
      connections += 1;
      void probeServer(connections);
    });
    next.on('error', (error: Error) =>
      presence.failed(error instanceof ErrorReply ? explainReply(serverName, error.message) : error),
    );
    next.connect().catch((error: unknown) => {
      clearTimeout(greeting);
      if (next === client) settleFirst.reject(error);
    });
  };
  const replace = (given: RedisClient, reason: string) => {
    if (given !== client || isClosed) return;
    client = null;
    isAdmitted = false;
    given.destroy();
    presence.failed(new Error(reason));
    relaunch = setTimeout(launch, pauseMs(failures));
    failures += 1;
  };
  launch();

  return {
    get isConnected() {
      return client?.isReady === true && isAdmitted;
    },
    use() {
      if (isClosed) throw new StoreUnavailableError('The store is closed.');
      if (client?.isReady && isAdmitted) return { client, generation };
      const reason = presence.lastFailure ?? 'it does not answer.';
      throw new StoreUnavailableError(`Redis at ${serverName} is away: ${reason}`);
    },
    firstReady,
    replace,
    close() {
      isClosed = true;
      clearTimeout(relaunch);
      client?.destroy();
      client = null;
    },
  };
}
