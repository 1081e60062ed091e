import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../domain/clock.ts';
import type { Logger } from '../../logger.ts';
import type { Metrics } from '../../metrics.ts';
import type { Provider } from '../../rest/provider-session.ts';
import type { LedgerEntry, Store } from '../../store/store.ts';
import { createAttemptSchedule } from './attempt-schedule.ts';
import { resolveUnknownSend } from './resolve-unknown-send.ts';

export interface SendResolverOptions {
  readonly store: Store;
  /** By workspace id. */
  readonly providers: ReadonlyMap<string, Provider>;
  /** Whether the provider's key of a workspace is a sandbox key. */
  readonly isSandbox: (workspace: string) => boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly rootKey: Buffer;
  readonly processId: string;
  /** Time between two rounds. @default 5000 */
  readonly intervalMs?: number;
}

/** Finds the truth about sends of unknown outcome without being asked; one replica at a time. */
export interface SendResolver {
  /** Begins the rounds. */
  start(): void;
  /** One round: asks for every send that is due. Returns how many truths it found; 0 while another replica does it. */
  runOnce(): Promise<number>;
  /** Ends the rounds; resolves when the one under way has stopped. */
  close(): Promise<void>;
}

const LEASE_NAME = 'send-resolver';
const LEASE_MS = 30_000;
const BATCH_SIZE = 1000;
const DEFAULT_INTERVAL_MS = 5000;

export function createSendResolver(options: SendResolverOptions): SendResolver {
  const { store, clock, logger, processId } = options;
  const stopping = new AbortController();
  const schedule = createAttemptSchedule(clock);
  let rounds: Promise<void> = Promise.resolve();

  const holdsLease = () => store.leases.acquire(LEASE_NAME, processId, LEASE_MS);

  async function resolveEntry(entry: LedgerEntry): Promise<boolean> {
    const provider = options.providers.get(entry.workspace)?.openSession(stopping, { lane: 'background' });
    if (provider === undefined) return false; // a workspace that is not configured any more
    const isSandbox = options.isSandbox(entry.workspace);
    const { outcome } = await resolveUnknownSend(entry, { ...options, provider, isSandbox });
    return outcome !== null && outcome.kind !== 'UNKNOWN';
  }

  async function tryEntry(entry: LedgerEntry): Promise<boolean> {
    try {
      return await resolveEntry(entry);
    } catch (error) {
      if (!stopping.signal.aborted) logger.warn({ err: error }, 'The truth about a send could not be found.');
      return false;
    }
  }

  async function runOnce(): Promise<number> {
    if (!(await holdsLease())) return 0;
    const entries = await store.sends.unresolved(clock.now(), BATCH_SIZE);
    let found = 0;
    for (const entry of schedule.takeDue(entries)) {
      if (stopping.signal.aborted || !(await holdsLease())) break;
      if (await tryEntry(entry)) found += 1;
    }
    return found;
  }

  async function runRounds(): Promise<void> {
    while (!stopping.signal.aborted) {
      await runOnce().catch((error: unknown) =>
        logger.warn({ err: error }, 'A round of the send resolver failed.'),
      );
      await delay(options.intervalMs ?? DEFAULT_INTERVAL_MS, undefined, {
        signal: stopping.signal,
        ref: false,
      }).catch(() => undefined);
    }
  }

  return {
    start() {
      rounds = runRounds();
    },
    runOnce,
    async close() {
      stopping.abort();
      await rounds;
      await store.leases.release(LEASE_NAME, processId).catch(() => undefined);
    },
  };
}
