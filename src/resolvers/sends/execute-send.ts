import { setTimeout as delay } from 'node:timers/promises';
import type { OperationContext } from '../../context.ts';
import { OutcomeUnknownError, UpstreamUnavailableError } from '../../domain/errors.ts';
import type { SendReceipt, SignedAttempt } from '../../domain/send.ts';
import { rateLimitedError } from '../../rest/failures/read-errors.ts';
import { UnprovenRateLimitError } from '../../rest/provider-session.ts';
import type { LedgerEntry, SendOutcome } from '../../store/send-ledger.ts';
import { TooFewReplicasError } from '../../store/store.ts';
import { type PreparedSend, START_WITHIN_MS } from './prepared-send.ts';
import { outcomeOfFailure } from './send-outcome.ts';
import { findSentBatch } from './sent-batch.ts';
import { settleSend } from './settle-send.ts';
import { receiptFromHistory } from './unknown-send.ts';

/** One claimed send on its way. */
interface Attempt {
  readonly send: PreparedSend;
  readonly entry: LedgerEntry;
  readonly context: OperationContext;
  /** Aborts what is not written yet: the caller hung up, or it took too long. */
  readonly startSignal: AbortSignal;
  /** By two clocks, because a process or its machine may have been stopped for a while. */
  readonly mayStillStart: () => boolean;
}

/**
 * The one POST of a claimed send, and its settlement. Once the request may be on the wire nothing stops it: a caller who hangs
 * up before that stops the send, later it goes on to its settlement.
 *
 * @throws the typed error of a send that was certainly not made; OutcomeUnknownError when it may have been made
 */
export function executeSend(
  send: PreparedSend,
  entry: LedgerEntry,
  context: OperationContext,
): Promise<SendReceipt> {
  const startSignal = AbortSignal.any([context.hangUp.signal, AbortSignal.timeout(START_WITHIN_MS)]);
  const attempt = { send, entry, context, startSignal, mayStillStart: startWindow(context) };
  return context.sendAttempts.run(entry.owner, () => sendAndSettle(attempt));
}

function startWindow({ clock }: OperationContext): () => boolean {
  const wallMs = clock.now();
  const steadyMs = performance.now();
  return () => Math.max(clock.now() - wallMs, performance.now() - steadyMs) < START_WITHIN_MS;
}

async function sendAndSettle(attempt: Attempt): Promise<SendReceipt> {
  let receipt: SendReceipt;
  try {
    receipt = await postUntilAnswered(attempt);
  } catch (error) {
    return settleFailure(asNotStarted(error, attempt.startSignal), attempt);
  }
  const { entry, context } = attempt;
  const settlement = await settleSend(entry, { kind: 'SENT', receipt }, context);
  if (settlement.kind === 'PENDING' && settlement.cause instanceof TooFewReplicasError)
    throw outcomeUnknown(entry.idempotencyKey);
  if (settlement.kind === 'RECORDED' && isAnotherSend(receipt, settlement.entry))
    context.logger.error('One key was sent twice: it had been settled as sent before this answer came.');
  return receipt;
}

const isAnotherSend = ({ recipients }: SendReceipt, entry: LedgerEntry | null): boolean =>
  entry?.outcome?.kind === 'SENT' &&
  entry.outcome.receipt.recipients.some(({ messageId }) => messageId !== null) &&
  !entry.outcome.receipt.recipients.some(({ messageId }) =>
    recipients.some((recipient) => recipient.messageId === messageId),
  );

const MAX_POSTS = 3;
/** A longer wait is left to the caller. */
const LONGEST_WAIT_MS = 10_000;
/** So long the history is given to show what was accepted, when it is not waited for longer. */
const LOOK_AFTER_MS = 1000;

/**
 * A 429 without the provider's envelope is documented to come before anything is accepted, but a proxy could write one after a
 * send it repeated. So the history is read before the request is made again; a signed one is made again byte for byte,
 * which the provider accepts at most once.
 */
async function postUntilAnswered(attempt: Attempt): Promise<SendReceipt> {
  const { entry, context, startSignal } = attempt;
  let signed: SignedAttempt | null = null;
  for (let posts = 1; ; posts += 1) {
    try {
      return await context.provider.sendMessages(attempt.send.request, {
        replay: signed,
        startSignal,
        mayStillStart: attempt.mayStillStart,
        beforeWrite: async (next) => {
          await confirmClaim(attempt, next);
          signed = next;
        },
      });
    } catch (error) {
      if (!(error instanceof UnprovenRateLimitError)) throw error;
      const isLong = error.waitMs > LONGEST_WAIT_MS;
      await delay(isLong ? LOOK_AFTER_MS : error.waitMs, undefined, { signal: startSignal }).catch(() => {});
      const found = await findSentBatch(entry, context);
      if (found.kind === 'FOUND' && found.isWhole)
        return receiptFromHistory(entry.fingerprint.recipients, found.messages, context.viewer.isSandbox);
      if (found.kind !== 'ABSENT') throw outcomeUnknown(entry.idempotencyKey);
      if (posts === MAX_POSTS || isLong || !attempt.mayStillStart())
        throw rateLimitedError(error.retryAfterMs);
    }
  }
}

/**
 * The last look at the claim before the request is written: an attempt that lost it must not send. Keeps the signature that is
 * about to be used, for the one probe it allows.
 */
async function confirmClaim({ entry, context }: Attempt, signed: SignedAttempt | null): Promise<void> {
  const isHeld = await context.store.sends.confirm(entry, START_WITHIN_MS, signed).catch(() => false);
  if (!isHeld) throw new UpstreamUnavailableError('The send could not be recorded. Nothing was sent.', true);
}

/** The signal stops only what was not written yet. */
const asNotStarted = (error: unknown, startSignal: AbortSignal): unknown =>
  startSignal.aborted && error === startSignal.reason
    ? new UpstreamUnavailableError('The provider could not be asked in time. Nothing was sent.', true)
    : error;

async function settleFailure(error: unknown, { entry, context }: Attempt): Promise<never> {
  const outcome: SendOutcome = outcomeOfFailure(error);
  await settleSend(entry, outcome, context);
  if (outcome.kind !== 'UNKNOWN') throw error;
  context.logger.warn({ err: error }, 'The outcome of a send is unknown.');
  throw outcomeUnknown(entry.idempotencyKey);
}

export const outcomeUnknown = (idempotencyKey: string): OutcomeUnknownError =>
  new OutcomeUnknownError(
    'It is not known whether this was sent: the provider gave no clear answer. Ask again with the same idempotency key to learn the truth; nothing is sent twice.',
    idempotencyKey,
  );
