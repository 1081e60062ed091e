import type { OperationContext } from '../../context.ts';
import { IdempotencyConflictError, UpstreamUnavailableError } from '../../domain/errors.ts';
import type { LedgerEntry } from '../../store/send-ledger.ts';
import { awaitSend } from './claim-send.ts';
import { outcomeUnknown } from './execute-send.ts';
import type { PreparedSend, SendResult } from './prepared-send.ts';
import { toSendError } from './send-outcome.ts';
import { isKnown, probeSend, type ResolveParts, resolveUnknownSend } from './unknown-send.ts';

export type EarlierAnswer =
  | { readonly kind: 'ANSWER'; readonly result: SendResult }
  /** The earlier attempt was certainly not made: the key is free for a new one. */
  | { readonly kind: 'NOT_SENT'; readonly entry: LedgerEntry };

/**
 * Answers a repeat of a key with what became of the first send: waits for it while it runs, looks for its truth when it is
 * unknown.
 *
 * @throws IdempotencyConflictError when the input is another one; OutcomeUnknownError while the truth is not found; the error
 * of the first send when it was refused
 */
export async function answerEarlier(
  earlier: LedgerEntry,
  send: PreparedSend,
  context: OperationContext,
): Promise<EarlierAnswer> {
  if (earlier.fingerprint.inputHash !== send.fingerprint.inputHash)
    throw new IdempotencyConflictError(
      'This idempotency key was used before with another input. Nothing was sent: use a new key for a new message.',
    );
  const { entry, wasRunning, isRunning } = await awaitSend(earlier, context);
  if (isRunning) throw outcomeUnknown(send.idempotencyKey);
  return answerStanding(await findTruth(entry, send, context), wasRunning);
}

function answerStanding(entry: LedgerEntry, wasRunning: boolean): EarlierAnswer {
  const { outcome } = entry;
  switch (outcome?.kind) {
    case 'SENT':
      return { kind: 'ANSWER', result: { ...outcome.receipt, isReplay: true } };
    case 'REFUSED':
      throw toSendError(outcome.error);
    case 'NOT_SENT':
      // Repeats that waited for the first attempt share its fate: a crowd of them must not try one after the other.
      if (!wasRunning) return { kind: 'NOT_SENT', entry };
      throw outcome.error === undefined
        ? new UpstreamUnavailableError('It was not sent. Ask again with the same idempotency key.', true)
        : toSendError(outcome.error);
    case 'UNKNOWN':
    case undefined:
      throw outcomeUnknown(entry.idempotencyKey);
    default:
      throw outcome satisfies never;
  }
}

async function findTruth(
  entry: LedgerEntry,
  send: PreparedSend,
  context: OperationContext,
): Promise<LedgerEntry> {
  if (isKnown(entry.outcome)) return entry;
  // Known here, and not written down because the store was away.
  const known = context.sendAttempts.unwrittenOutcome(entry.owner);
  if (known?.kind === 'SENT') return { ...entry, outcome: known };
  const parts: ResolveParts = { ...context, isSandbox: context.viewer.isSandbox };
  try {
    const resolved = await resolveUnknownSend(entry, parts);
    if (resolved.outcome?.kind !== 'UNKNOWN') return resolved;
    return await probeSend(resolved, send.request, parts);
  } catch (error) {
    if (entry.outcome?.kind === 'SENT') return entry; // what is known of it is true
    // The question stays open; the reason is for the operator to look at.
    context.logger.warn({ err: error }, 'The truth about a send could not be asked for.');
    throw outcomeUnknown(send.idempotencyKey);
  }
}
