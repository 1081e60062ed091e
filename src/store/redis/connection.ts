import type { Logger } from '../../logger.ts';
import { StoreUnavailableError, TooFewReplicasError } from '../store.ts';
import { withDeadline } from '../with-deadline.ts';
import type { ClientOptions } from './client.ts';
import { createLink } from './link.ts';
import { createPresence } from './presence.ts';
import { RefusalError } from './refusal.ts';
import { createReplicaGate } from './replica-gate.ts';
import type { Script } from './script.ts';
import { type Answer, createSender } from './sender.ts';
import type { Probe } from './server-probe.ts';

type Run<Args extends unknown[] = []> = (
  script: Script,
  keys: readonly string[],
  args?: readonly (string | number)[],
  ...more: Args
) => Promise<unknown>;

/** The connection that all commands share, except the blocking read. Rejects with StoreUnavailableError only. */
export interface Connection {
  command(...args: readonly string[]): Promise<unknown>;
  /** Runs a script that reads. */
  readonly run: Run;
  /**
   * Runs a script that writes; resolves when enough replicas have confirmed what it wrote.
   *
   * @param takeBack called with the script's answer when too few have, and awaited: undoes it as far as that is possible
   * @throws TooFewReplicasError when too few replicas have confirmed it in time
   */
  readonly write: Run<[takeBack?: (reply: unknown) => Promise<unknown>]>;
  /** The `run_id` of the server that commands go to; null while there is none, or when it keeps it to itself. */
  readonly runId: string | null;
  /** Calls back whenever another connection takes the place of the one before. */
  onRenewed(listener: () => void): void;
  /** Connects anew, wherever the name leads now; what is under way fails. */
  renew(reason: string): void;
  close(): void;
}

export interface ConnectionOptions {
  readonly client: ClientOptions;
  /** Host and port, for messages. */
  readonly serverName: string;
  readonly logger: Logger;
  /** How long to wait for the server at the start. */
  readonly timeoutMs: number;
  readonly probe: Probe;
  /** How many replicas must confirm a write. */
  readonly replicas: number;
}

/** @throws StoreUnavailableError when no primary can be reached in time, or it refuses us */
export async function connectToRedis(options: ConnectionOptions): Promise<Connection> {
  const { client, serverName, logger, timeoutMs, probe, replicas } = options;
  const presence = createPresence(serverName, logger);
  const listeners = new Set<() => void>();
  let runId: string | null = null;
  const link = createLink({
    client,
    serverName,
    presence,
    probe,
    onConnected(server) {
      runId = server.runId;
      for (const listener of listeners) listener();
    },
  });
  try {
    await withDeadline(link.firstReady, timeoutMs);
  } catch (cause) {
    link.close();
    const reason = presence.lastFailure ?? 'it does not answer.';
    throw new StoreUnavailableError(`Redis at ${serverName} cannot be used: ${reason}`, { cause });
  }
  const send = createSender(link, serverName);
  const gate = createReplicaGate(send, replicas);

  const evaluate = async (...[script, keys, args = []]: Parameters<Run>): Promise<Answer> => {
    const rest = [String(keys.length), ...keys, ...args.map(String)];
    try {
      return await send('EVALSHA', script.sha, ...rest);
    } catch (error) {
      if (!(error instanceof RefusalError && error.code === 'NOSCRIPT')) throw error;
      return await send('EVAL', script.source, ...rest);
    }
  };
  const run: Run = async (...call) => (await evaluate(...call)).reply;

  return {
    command: async (...args) => (await send(...args)).reply,
    run,
    write:
      replicas === 0
        ? (script, keys, args) => run(script, keys, args)
        : async (script, keys, args, takeBack) => {
            const { reply, generation } = await evaluate(script, keys, args);
            try {
              await gate.pass(generation);
            } catch (error) {
              if (error instanceof TooFewReplicasError) await takeBack?.(reply).catch(() => undefined);
              throw error;
            }
            return reply;
          },
    get runId() {
      return link.isConnected ? runId : null;
    },
    onRenewed(listener) {
      listeners.add(listener);
    },
    renew(reason) {
      if (link.isConnected) link.replace(link.use().client, reason);
    },
    close: link.close,
  };
}
