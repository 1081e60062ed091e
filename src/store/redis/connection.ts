import { ErrorReply } from 'redis';
import { StoreUnavailableError } from '../store.ts';
import { STORE_DEADLINE_MS, withDeadline } from '../with-deadline.ts';
import { type ClientOptions, createCommandClient, type RedisClient } from './client.ts';
import type { Script } from './script.ts';

/** The connection that all commands share, except the blocking read. Rejects with StoreUnavailableError only. */
export interface Connection {
  command(...args: readonly string[]): Promise<unknown>;
  run(script: Script, keys: readonly string[], args?: readonly (string | number)[]): Promise<unknown>;
  close(): Promise<void>;
}

/** @throws StoreUnavailableError when the server cannot be reached in time, or refuses us */
export async function connectToRedis(options: ClientOptions, timeoutMs: number): Promise<Connection> {
  const client = createCommandClient(options);
  try {
    await withDeadline(client.connect(), timeoutMs);
  } catch (error) {
    if (client.isOpen) client.destroy();
    throw new StoreUnavailableError(`Redis at ${options.serverName} cannot be used: ${reasonOf(error)}`, {
      cause: error,
    });
  }
  const command = createSender(client);

  return {
    command,
    async run(script, keys, args = []) {
      const rest = [String(keys.length), ...keys, ...args.map(String)];
      try {
        return await command('EVALSHA', script.sha, ...rest);
      } catch (error) {
        if (!isUnknownScript(error)) throw error;
        return await command('EVAL', script.source, ...rest);
      }
    },
    async close() {
      if (client.isOpen) client.destroy();
    },
  };
}

/** Sends commands with a deadline, and replaces a connection that went silent. */
function createSender(client: RedisClient): Connection['command'] {
  let answeredAtMs = performance.now();
  const heard = () => {
    answeredAtMs = performance.now();
  };
  client.on('ready', heard);

  return async (...args) => {
    const { socketEpoch } = client;
    const answer = client.sendCommand([...args]);
    answer.then(heard, () => undefined);
    try {
      return await withDeadline(answer);
    } catch (error) {
      const isSilent = performance.now() - answeredAtMs >= STORE_DEADLINE_MS;
      if (isSilent && client.isReady && client.socketEpoch === socketEpoch) replaceConnection(client);
      throw error;
    }
  };
}

/** The far end may be gone without a word: what the system believes about the connection does not count. */
function replaceConnection(client: RedisClient): void {
  client.destroy();
  // A failure is told by the `error` event, and tried again.
  client.connect().catch(() => undefined);
}

const isUnknownScript = (error: unknown): boolean =>
  error instanceof Error && error.cause instanceof ErrorReply && error.cause.message.startsWith('NOSCRIPT');

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown reason');
