import { ErrorReply } from 'redis';
import { type ClientOptions, createCommandClient, type RedisClient } from './client.ts';
import type { Presence } from './presence.ts';

/** The one client in use, and the next one when it has to be given up. */
export interface Link {
  readonly client: RedisClient;
  /** Resolves when the server answers for the first time; rejects when it refuses us. */
  readonly firstReady: Promise<void>;
  /** Gives this client up and starts another, unless that has happened already. */
  replace(client: RedisClient): void;
  close(): void;
}

/** How long a server that took the connection may take to greet us. */
const GREETING_TIMEOUT_MS = 2000;

export function createLink(options: ClientOptions, presence: Presence): Link {
  let client: RedisClient;
  let isClosed = false;
  let settleFirst: { resolve: () => void; reject: (error: unknown) => void };
  const firstReady = new Promise<void>((resolve, reject) => {
    settleFirst = { resolve, reject };
  });

  const launch = () => {
    // A server that answers but refuses us at the first try (a wrong password) will not change its mind.
    const next = createCommandClient(
      options,
      (cause) => presence.wasEverReady || !(cause instanceof ErrorReply),
    );
    let greeting: NodeJS.Timeout | undefined;
    next.on('connect', () => {
      clearTimeout(greeting);
      // When this process was too busy to look, the greeting may have come already: it is read before the last step.
      const giveUp = () => setImmediate(() => next.isReady || replace(next));
      greeting = setTimeout(giveUp, GREETING_TIMEOUT_MS).unref();
    });
    next.on('ready', () => {
      clearTimeout(greeting);
      presence.ready();
      settleFirst.resolve();
    });
    next.on('error', presence.failed);
    next.connect().catch((error: unknown) => {
      if (next === client) settleFirst.reject(error);
    });
    return next;
  };
  const replace = (given: RedisClient) => {
    if (given !== client || isClosed) return;
    given.destroy();
    presence.failed(new Error('The server does not answer.'));
    client = launch();
  };
  client = launch();

  return {
    get client() {
      return client;
    },
    firstReady,
    replace,
    close() {
      isClosed = true;
      client.destroy();
    },
  };
}
