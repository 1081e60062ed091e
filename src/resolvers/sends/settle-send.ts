import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../domain/clock.ts';
import type { SendReceipt } from '../../domain/send.ts';
import type { Logger } from '../../logger.ts';
import type { SendAttempts } from '../../store/send-attempts.ts';
import type { LedgerEntry, SendClaim, SendOutcome } from '../../store/send-ledger.ts';
import type { Store } from '../../store/store.ts';
import { watchesForSend } from '../../subscriptions/watches.ts';
import { batchStampOf } from './sent-batch.ts';

export interface SettleParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly sendAttempts: SendAttempts;
}

export type Settlement =
  /** Null: there is no such entry any more. */
  | { readonly kind: 'RECORDED'; readonly entry: LedgerEntry | null }
  /** Not written down yet; the process goes on trying. */
  | { readonly kind: 'PENDING'; readonly cause: unknown };

/** A store that is away for longer is written to later, when it is back. */
const RETRY_DELAYS_MS = [50, 200, 1000];

/** Records what became of a send, and holds on while the store is away for a moment. Never throws. */
export async function settleSend(
  claim: SendClaim,
  outcome: SendOutcome,
  parts: SettleParts,
): Promise<Settlement> {
  const write = () => recordOutcome(claim, outcome, parts);
  let cause: unknown;
  for (const waitMs of [0, ...RETRY_DELAYS_MS]) {
    if (waitMs > 0) await delay(waitMs);
    try {
      return { kind: 'RECORDED', entry: await write() };
    } catch (error) {
      parts.logger.warn({ err: error, outcome: outcome.kind }, 'A send could not be settled.');
      cause = error;
    }
  }
  parts.sendAttempts.writeLater(claim.owner, { outcome, write });
  return { kind: 'PENDING', cause };
}

async function recordOutcome(
  claim: SendClaim,
  outcome: SendOutcome,
  parts: SettleParts,
): Promise<LedgerEntry | null> {
  // Before the settlement: what is found settled may be relied on to be watched, and its batch to be held.
  if (outcome.kind === 'SENT') await recordMessages(claim, outcome.receipt, parts);
  return parts.store.sends.settle(claim, outcome);
}

async function recordMessages(
  { workspace, idempotencyKey }: SendClaim,
  receipt: SendReceipt,
  { store, clock, logger }: SettleParts,
): Promise<void> {
  const watches = watchesForSend(receipt, { workspace, nowMs: clock.now() });
  const [first] = watches;
  if (first === undefined) return;
  const [isHeld] = await Promise.all([
    store.batches.hold(workspace, batchStampOf(first.messageId), idempotencyKey),
    store.watches.add(watches),
  ]);
  if (!isHeld) logger.error('Two sends claim the same messages of the provider.');
}
