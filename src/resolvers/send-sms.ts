import { randomUUID } from 'node:crypto';
import type { OperationContext } from '../context.ts';
import { OutcomeUnknownError } from '../domain/errors.ts';
import type { LedgerEntry } from '../store/store.ts';
import { type GuardPass, passGuards } from './send-guards/pass-guards.ts';
import { answerEarlier } from './sends/answer-earlier.ts';
import { claimSend, findSend } from './sends/claim-send.ts';
import { countSend } from './sends/count-send.ts';
import { executeSend } from './sends/execute-send.ts';
import { fingerprintSend } from './sends/fingerprint-send.ts';
import { orNothingSent } from './sends/or-nothing-sent.ts';
import type { PreparedSend } from './sends/prepared-send.ts';
import type { SendResult } from './sends/send-result.ts';
import { type SendSmsInput, validateSend } from './sends/validate-send.ts';

/**
 * Sends one text to 1 to 100 recipients, at most once per idempotency key: validate → claim the key → one POST → settle.
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
  context.signal.throwIfAborted();
  const pass = await orNothingSent(passGuards(send.request, context));
  const entry = await refundOnFailure(pass, claimSend(send, earlier, context));
  if (entry === null) {
    await pass.refund();
    return runSend(send, context); // somebody was faster: this is a repeat now
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
