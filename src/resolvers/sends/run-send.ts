import type { OperationContext } from '../../context.ts';
import { OutcomeUnknownError } from '../../domain/errors.ts';
import type { LedgerEntry } from '../../store/store.ts';
import type { GuardPass } from '../send-guards/pass-guards.ts';
import { answerEarlier } from './answer-earlier.ts';
import { claimSend, findSend } from './claim-send.ts';
import { executeSend } from './execute-send.ts';
import { passOrFindClaim } from './pass-or-find-claim.ts';
import type { PreparedSend } from './prepared-send.ts';
import type { SendResult } from './send-result.ts';

/** Answers what became of an earlier send under the key; sends when there was none. */
export async function runSend(send: PreparedSend, context: OperationContext): Promise<SendResult> {
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
