import { randomUUID } from 'node:crypto';
import type { OperationContext } from '../context.ts';
import {
  IdempotencyConflictError,
  InvalidInputError,
  OutcomeUnknownError,
  RateLimitedError,
  UpstreamUnavailableError,
} from '../domain/errors.ts';
import type { Metrics } from '../metrics.ts';
import type { LedgerEntry } from '../store/send-ledger.ts';
import type { GuardPass } from './send-guards/pass-guards.ts';
import { answerEarlier } from './sends/answer-earlier.ts';
import { claimSend, findSend, passOrFindClaim } from './sends/claim-send.ts';
import { executeSend } from './sends/execute-send.ts';
import { fingerprintSend, type PreparedSend, type SendResult } from './sends/prepared-send.ts';
import { type SendSmsInput, validateSend } from './sends/validate-send.ts';

/**
 * Sends one text to 1 to 100 recipients, at most once per idempotency key: validate → pass the guards → claim the key → one
 * POST → settle.
 *
 * @throws InvalidInputError with all problems at once; the other members of `SendSmsOutcome` as errors
 */
export function sendSms(input: SendSmsInput, context: OperationContext): Promise<SendResult> {
  return countSend(context.metrics, () => {
    const send = prepareSend(input, context);
    // The caller may hang up; what is under way is finished and settled before the process ends.
    return context.pendingWork.track(runSend(send, context));
  });
}

function prepareSend(input: SendSmsInput, context: OperationContext): PreparedSend {
  const request = validateSend(input);
  return {
    request,
    // Without a key of the caller's an unknown outcome must still be traceable.
    idempotencyKey: input.idempotencyKey ?? `auto-${randomUUID()}`,
    fingerprint: fingerprintSend(context.rootKey, request),
  };
}

/** Answers what became of an earlier send under the key; sends when there was none. */
async function runSend(send: PreparedSend, context: OperationContext): Promise<SendResult> {
  const earlier = await findSend(send.idempotencyKey, context);
  if (earlier === null) return attemptSend(send, null, context);
  const answer = await answerEarlier(earlier, send, context);
  return answer.kind === 'ANSWER' ? answer.result : attemptSend(send, answer.entry, context);
}

async function attemptSend(
  send: PreparedSend,
  earlier: LedgerEntry | null,
  context: OperationContext,
): Promise<SendResult> {
  context.hangUp.signal.throwIfAborted();
  const pass = await passOrFindClaim(send, earlier, context);
  if (pass === null) return runSend(send, context);
  const entry = await refundOnFailure(pass, claimSend(send, earlier, context));
  if (entry === null) {
    await pass.refund();
    return runSend(send, context); // another request was faster: this is a repeat now
  }
  const receipt = await refundOnFailure(pass, executeSend(send, entry, context));
  return { ...receipt, isReplay: false };
}

/** What may have been sent stays counted. */
async function refundOnFailure<Result>(pass: GuardPass, work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof OutcomeUnknownError)) await pass.refund();
    throw error;
  }
}

/** Counts how a send ended, once. */
async function countSend(
  { sends }: Pick<Metrics, 'sends'>,
  send: () => Promise<SendResult>,
): Promise<SendResult> {
  try {
    const result = await send();
    sends.inc({ outcome: result.isReplay ? 'replayed' : 'sent' });
    return result;
  } catch (error) {
    sends.inc({ outcome: outcomeOf(error) });
    throw error;
  }
}

function outcomeOf(error: unknown): Parameters<Metrics['sends']['inc']>[0]['outcome'] {
  if (error instanceof InvalidInputError) return 'invalid';
  if (error instanceof IdempotencyConflictError) return 'conflict';
  if (error instanceof OutcomeUnknownError) return 'unknown';
  if (error instanceof UpstreamUnavailableError || error instanceof RateLimitedError) return 'not_sent';
  return 'refused';
}
