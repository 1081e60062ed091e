import { createClient, ErrorReply } from 'redis';
import type { Logger } from '../../logger.ts';

const CONNECT_TIMEOUT_MS = 2000;
const LONGEST_PAUSE_MS = 1000;
const FIRST_PAUSE_MS = 50;

export interface ClientOptions {
  readonly url: string;
  readonly serverName: string;
  /** Shown by the server in its list of clients. */
  readonly clientName: string;
  readonly logger: Logger;
}

export type RedisClient = ReturnType<typeof createCommandClient>;

/**
 * A client that never queues: while the server is away its commands fail at once, and it comes back by itself. Each
 * outage is logged once, however many attempts it takes.
 */
export function createCommandClient({ url, serverName, clientName, logger }: ClientOptions) {
  let wasReady = false;
  let isAway = false;
  const client = createClient({
    url,
    name: clientName,
    RESP: 2,
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    socket: {
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectStrategy: (retries, cause) =>
        // A server that answers but refuses us at the first try (a wrong password) will not change its mind.
        !wasReady && cause instanceof ErrorReply ? cause : pauseMs(retries),
    },
  });
  client.on('ready', () => {
    if (isAway) logger.info({ server: serverName }, 'Redis is back');
    wasReady = true;
    isAway = false;
  });
  client.on('error', (error: Error) => {
    if (!isAway) logger.warn({ server: serverName, reason: error.message }, 'Redis is away');
    isAway = true;
  });
  return client;
}

/** A client for blocking reads: one life, no second try, no word in the log; its user makes a new one. */
export function createReadingClient({ url, clientName }: ClientOptions) {
  const client = createClient({
    url,
    name: `${clientName}:reader`,
    RESP: 2,
    maintNotifications: 'disabled',
    socket: { connectTimeout: CONNECT_TIMEOUT_MS, reconnectStrategy: false },
  });
  // Without a listener the event would end the process; the failure itself arrives at the read.
  client.on('error', () => undefined);
  return client;
}

/** Grows to a second, scattered so that replicas do not all come back in the same instant. */
export const pauseMs = (retries: number): number =>
  Math.min(FIRST_PAUSE_MS * 2 ** retries, LONGEST_PAUSE_MS) * (0.5 + Math.random() / 2);
