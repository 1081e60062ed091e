import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../domain/clock.ts';
import type { Logger } from '../../logger.ts';
import type { Metrics } from '../../metrics.ts';
import type { Provider } from '../../rest/provider-session.ts';
import type { SendAttempts } from '../../store/send-attempts.ts';
import type { LedgerEntry } from '../../store/send-ledger.ts';
import type { Store } from '../../store/store.ts';
import { isKnown, resolveUnknownSend } from './unknown-send.ts';

export interface SendReconcilerOptions {
  readonly store: Store;
  /** By workspace id. */
  readonly providers: ReadonlyMap<string, Provider>;
  /** Whether the provider's key of a workspace is a sandbox key. */
  readonly isSandbox: (workspace: string) => boolean;
  readonly sendAttempts: SendAttempts;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly rootKey: Buffer;
  readonly processId: string;
  /** Time between two rounds. @default 5000 */
  readonly intervalMs?: number;
}

/** Finds the truth about sends of unknown outcome without being asked; one replica at a time. */
export interface SendReconciler {
  /** Begins the rounds. */
  start(): void;
  /** One round: looks for every send that is due. Returns how many truths it found; 0 while another replica does it. */
  runOnce(): Promise<number>;
  /** Ends the rounds; resolves when the one under way has stopped. */
  close(): Promise<void>;
}

const LEASE_NAME = 'send-resolver';
const LEASE_MS = 30_000;
const DEFAULT_INTERVAL_MS = 5000;
/** Looked for at once: a provider that answers slowly for some must not hold up the others. */
const AT_ONCE = 4;
const BATCHES_PER_ROUND = 250;

const FIRST_SPACING_MS = 5000;
const LONGEST_SPACING_MS = 300_000;
/** Past this many looks the history has had hours to show it; what may still change is a person's doing. */
const HOPELESS_LOOKS = 50;
const HOPELESS_SPACING_MS = 3_600_000;
/** What is known in part most likely stays so: a country that is blocked, say. */
const PART_SPACING_MS = 900_000;

export function createSendReconciler(options: SendReconcilerOptions): SendReconciler {
  const { store, logger, processId } = options;
  const stopping = new AbortController();
  let rounds: Promise<void> = Promise.resolve();

  const holdsLease = () => store.leases.acquire(LEASE_NAME, processId, LEASE_MS);

  /** @returns whether the truth was found */
  async function look(entry: LedgerEntry): Promise<boolean> {
    const provider = options.providers.get(entry.workspace)?.openSession(stopping, { lane: 'background' });
    // A workspace that is not configured any more cannot be asked for.
    if (provider === undefined || options.sendAttempts.isRunning(entry.owner)) return false;
    const isSandbox = options.isSandbox(entry.workspace);
    const { outcome } = await resolveUnknownSend(entry, { ...options, provider, isSandbox });
    return isKnown(outcome);
  }

  async function lookOrPostpone(entry: LedgerEntry): Promise<boolean> {
    const isFound = await look(entry).catch((error: unknown) => {
      if (!stopping.signal.aborted) logger.warn({ err: error }, 'The truth about a send could not be found.');
      return false;
    });
    if (!isFound) await store.sends.postpone(entry, spacingMs(entry));
    return isFound;
  }

  async function runOnce(): Promise<number> {
    let found = 0;
    for (let batches = 0; batches < BATCHES_PER_ROUND && !stopping.signal.aborted; batches += 1) {
      if (!(await holdsLease())) break;
      const entries = await store.sends.due(AT_ONCE);
      if (entries.length === 0) break;
      const results = await Promise.all(entries.map(lookOrPostpone));
      found += results.filter(Boolean).length;
    }
    return found;
  }

  async function runRounds(): Promise<void> {
    while (!stopping.signal.aborted) {
      await runOnce().catch((error: unknown) =>
        logger.warn({ err: error }, 'A round of the send reconciler failed.'),
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

/** A truth that is not found at once is looked for less and less often. */
function spacingMs({ looks, outcome }: LedgerEntry): number {
  if (looks >= HOPELESS_LOOKS) return HOPELESS_SPACING_MS;
  if (outcome?.kind === 'SENT') return PART_SPACING_MS;
  return Math.min(LONGEST_SPACING_MS, FIRST_SPACING_MS * 2 ** looks);
}
