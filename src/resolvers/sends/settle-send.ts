import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../domain/clock.ts';
import type { SendReceipt } from '../../domain/send.ts';
import type { Logger } from '../../logger.ts';
import type { LedgerEntry, SendOutcome, Store } from '../../store/store.ts';
import { watchesForSend } from '../../subscriptions/watches.ts';
import { batchStampOf, holdBatch } from './provider-batch.ts';

export interface SettleParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A store that is away for longer leaves the send unsettled; its truth is then found in the history. */
const RETRY_DELAYS_MS = [50, 200, 1000, 3000];

/**
 * Records what became of a send, and holds on while the store is away for a moment. Never throws: the caller is told the
 * truth whether or not it could be written down. Returns the entry as it stands, null when it could not be written.
 */
export async function settleSend(
  entry: LedgerEntry,
  outcome: SendOutcome,
  parts: SettleParts,
): Promise<LedgerEntry | null> {
  for (const retryDelayMs of [...RETRY_DELAYS_MS, null]) {
    try {
      return await recordOutcome(entry, outcome, parts);
    } catch (error) {
      parts.logger.warn({ err: error, outcome: outcome.kind }, 'A send could not be settled.');
      if (retryDelayMs !== null) await delay(retryDelayMs);
    }
  }
  return null;
}

async function recordOutcome(
  entry: LedgerEntry,
  outcome: SendOutcome,
  parts: SettleParts,
): Promise<LedgerEntry | null> {
  const { sends } = parts.store;
  // Before the settlement: whoever finds the send settled may rely on its messages being watched.
  if (outcome.kind === 'SENT') await recordMessages(entry, outcome.receipt, parts);
  // A claim that was lost meanwhile is another attempt's: only that it was sent holds for the key as a whole.
  const holder = outcome.kind === 'SENT' ? undefined : entry;
  return sends.settle(entry.workspace, entry.idempotencyKey, outcome, holder);
}

async function recordMessages(
  entry: LedgerEntry,
  receipt: SendReceipt,
  { store, clock, logger }: SettleParts,
): Promise<void> {
  const watches = watchesForSend(receipt, { workspace: entry.workspace, nowMs: clock.now() });
  const [first] = watches;
  if (first === undefined) return;
  const [isHeld] = await Promise.all([
    holdBatch(store.sends, entry, { stamp: batchStampOf(first.messageId), clock }),
    store.watches.add(watches),
  ]);
  if (!isHeld) logger.error('Two sends claim the same messages of the provider.');
}
