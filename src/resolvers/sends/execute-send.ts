import type { OperationContext } from '../../context.ts';
import { OutcomeUnknownError, UpstreamUnavailableError } from '../../domain/errors.ts';
import type { SendReceipt, SignedAttempt } from '../../domain/send.ts';
import type { LedgerEntry, SendOutcome } from '../../store/store.ts';
import { START_WITHIN_MS } from './claim-window.ts';
import type { PreparedSend } from './prepared-send.ts';
import { settleSend } from './settle-send.ts';
import { outcomeOfFailure } from './stored-send-error.ts';

/**
 * The one POST of a claimed send, and its settlement. Once the request may be on the wire nothing stops it: a caller who hangs
 * up before that stops the send, later it goes on to its settlement.
 *
 * @throws the typed error of a send that was certainly not made; OutcomeUnknownError when nobody knows
 */
export async function executeSend(
  send: PreparedSend,
  entry: LedgerEntry,
  context: OperationContext,
): Promise<SendReceipt> {
  const startSignal = AbortSignal.any([context.hangUp.signal, AbortSignal.timeout(START_WITHIN_MS)]);
  let receipt: SendReceipt;
  try {
    receipt = await context.provider.sendMessages(send.request, {
      replay: null,
      startSignal,
      onSigned: (attempt) => noteSignedAttempt(entry, attempt, context),
    });
  } catch (error) {
    return settleFailure(asNotStarted(error, startSignal), entry, context);
  }
  await settleSend(entry, { kind: 'SENT', receipt }, context);
  return receipt;
}

/** The signal stops only what was not written yet. */
const asNotStarted = (error: unknown, startSignal: AbortSignal): unknown =>
  startSignal.aborted && error === startSignal.reason
    ? new UpstreamUnavailableError('The provider could not be asked in time. Nothing was sent.', true)
    : error;

async function settleFailure(error: unknown, entry: LedgerEntry, context: OperationContext): Promise<never> {
  const outcome: SendOutcome = outcomeOfFailure(error);
  await settleSend(entry, outcome, context);
  if (outcome.kind !== 'UNKNOWN') throw error;
  context.logger.warn({ err: error }, 'The outcome of a send is unknown.');
  throw outcomeUnknown(entry.idempotencyKey);
}

export const outcomeUnknown = (idempotencyKey: string): OutcomeUnknownError =>
  new OutcomeUnknownError(
    'It is not known whether this was sent: the provider gave no answer. Ask again with the same idempotency key to learn the truth; nothing is sent twice.',
    idempotencyKey,
  );

/**
 * Keeps the signature that is about to be used, for the one probe it allows. It is also the last look at the claim
 * before the request is written: whoever lost it must not send.
 */
async function noteSignedAttempt(
  entry: LedgerEntry,
  signedAttempt: SignedAttempt,
  { store }: OperationContext,
): Promise<void> {
  const noted = { ...entry, fingerprint: { ...entry.fingerprint, signedAttempt } };
  const kept = await store.sends.reclaim(entry, noted).catch(() => null);
  if (kept !== null) return;
  throw new UpstreamUnavailableError('The send could not be recorded. Nothing was sent.', true);
}
