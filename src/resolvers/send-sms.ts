import { randomUUID } from 'node:crypto';
import type { OperationContext } from '../context.ts';
import { countSend } from './sends/count-send.ts';
import { fingerprintSend } from './sends/fingerprint-send.ts';
import type { PreparedSend } from './sends/prepared-send.ts';
import { runSend } from './sends/run-send.ts';
import type { SendResult } from './sends/send-result.ts';
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
