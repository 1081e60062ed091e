import { ErrorReply } from 'redis';
import type { Logger } from '../../logger.ts';
import { StoreUnavailableError } from '../store.ts';
import { STORE_DEADLINE_MS, withDeadline } from '../with-deadline.ts';
import type { ClientOptions } from './client.ts';
import { createLink, type Link } from './link.ts';
import { createPresence } from './presence.ts';
import type { Script } from './script.ts';

/** The connection that all commands share, except the blocking read. Rejects with StoreUnavailableError only. */
export interface Connection {
  command(...args: readonly string[]): Promise<unknown>;
  run(script: Script, keys: readonly string[], args?: readonly (string | number)[]): Promise<unknown>;
  write(script: Script, keys: readonly string[], args?: readonly (string | number)[]): Promise<unknown>;
  close(): void;
}

export interface ConnectionOptions {
  readonly client: ClientOptions;
  /** Host and port, for messages. */
  readonly serverName: string;
  readonly logger: Logger;
  /** How long to wait for the server at the start. */
  readonly timeoutMs: number;
}

/** @throws StoreUnavailableError when the server cannot be reached in time, or refuses us */
export async function connectToRedis(options: ConnectionOptions): Promise<Connection> {
  const { client, serverName, logger, timeoutMs } = options;
  const presence = createPresence(serverName, logger);
  const link = createLink(client, presence);
  try {
    await withDeadline(link.firstReady, timeoutMs);
  } catch (cause) {
    link.close();
    const reason = presence.lastFailure ?? 'it does not answer.';
    throw new StoreUnavailableError(`Redis at ${serverName} cannot be used: ${reason}`, { cause });
  }
  const command = createSender(link);

  const run: Connection['run'] = async (script, keys, args = []) => {
    const rest = [String(keys.length), ...keys, ...args.map(String)];
    try {
      return await command('EVALSHA', script.sha, ...rest);
    } catch (error) {
      if (!isUnknownScript(error)) throw error;
      return await command('EVAL', script.source, ...rest);
    }
  };
  return {
    command,
    run,
    write: run,
    close: link.close,
  };
}

/** Sends commands with a deadline, and gives a client up that heard nothing at all for so long. */
function createSender(link: Link): Connection['command'] {
  let heardAtMs = performance.now();
  const noteHeard = () => {
    heardAtMs = performance.now();
  };

  return async (...args) => {
    const { client } = link;
    const answer = client.sendCommand([...args]);
    answer.then(noteHeard, (error: unknown) => error instanceof ErrorReply && noteHeard());
    try {
      return await withDeadline(answer);
    } catch (error) {
      if (performance.now() - heardAtMs >= STORE_DEADLINE_MS && client.isReady) link.replace(client);
      throw error;
    }
  };
}

const isUnknownScript = (error: unknown): boolean =>
  error instanceof Error && error.cause instanceof ErrorReply && error.cause.message.startsWith('NOSCRIPT');
