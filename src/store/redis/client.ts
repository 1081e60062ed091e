import { createClient } from 'redis';

const CONNECT_TIMEOUT_MS = 2000;
/** More commands than the server can answer in time are refused at once, before they pile up. */
const MAX_UNANSWERED = 5000;
const LONGEST_PAUSE_MS = 1000;
const FIRST_PAUSE_MS = 50;

export interface ClientOptions {
  /** The URL of the server, with user, password and database. */
  readonly url: string;
  /** Shown by the server in its list of clients. */
  readonly clientName: string;
}

export type RedisClient = ReturnType<typeof createCommandClient>;
export type ReadingClient = ReturnType<typeof createReadingClient>;

/**
 * A client that never queues: while the server is away its commands fail at once, and it comes back by itself.
 *
 * @param mayRetry whether to try again after this failure
 */
export const createCommandClient = (
  { url, clientName }: ClientOptions,
  mayRetry: (cause: Error) => boolean,
) =>
  createClient({
    url,
    name: clientName,
    RESP: 2,
    disableOfflineQueue: true,
    commandsQueueMaxLength: MAX_UNANSWERED,
    maintNotifications: 'disabled',
    socket: {
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectStrategy: (retries, cause) => (mayRetry(cause) ? pauseMs(retries) : cause),
    },
  });

/** A client for blocking reads: one life, no second try; its user makes a new one. */
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
