import type { SendReceipt, SendRequest } from '../../domain/send.ts';
import type { CallScope, UpstreamCall } from '../client/call.ts';
import { isUpstreamFailure } from '../failures/failures.ts';
import type { SendOptions } from '../provider-session.ts';
import { readReceipt } from '../wire/send.ts';
import type { ProviderParts } from './provider-parts.ts';
import { sendErrorOf, unknownOutcome } from './send-errors.ts';

/** What a send changes of what was read before. */
const CHANGED_BY_SENDS = ['/sms/messages', '/sms/stats', '/user/balance'];

/**
 * `POST /sms/send`, once: repeated only while it is certain that nothing was sent.
 *
 * @throws the typed errors of a send, UnprovenRateLimitError; the signal's reason when it aborted before anything was written
 */
export async function sendMessages(
  parts: ProviderParts,
  scope: CallScope,
  request: SendRequest,
  options: SendOptions,
): Promise<SendReceipt> {
  const signal = options.startSignal ?? scope.signal;
  try {
    const { body } = await parts.client.call(callOf(parts, request, options), { ...scope, signal });
    return readReceipt(body, request);
  } catch (error) {
    if (!isUpstreamFailure(error)) throw error;
    const { rateLimitDelayMs } = parts.client;
    throw sendErrorOf(error, { isReplay: options.replay !== null, rateLimitDelayMs });
  } finally {
    // Also after a failure: it may have been sent all the same.
    parts.reads.drop(CHANGED_BY_SENDS);
  }
}

function callOf({ client }: ProviderParts, request: SendRequest, options: SendOptions): UpstreamCall {
  const call: UpstreamCall = {
    area: 'send',
    method: 'POST',
    path: '/sms/send',
    query: '',
    body: JSON.stringify({ to: request.to, message: request.text, sender_id: request.sender }),
    retry: 'only-if-not-done',
    beforeWrite: options.beforeWrite,
    mayStillStart: options.mayStillStart,
  };
  if (options.replay === null) return call;
  // Refused for its age, the pair would tell nothing.
  if (client.signer?.isInWindow(options.replay.timestamp) !== true) throw unknownOutcome();
  // After a 429 nobody knows whether the pair counts as seen, so a replay is made once.
  return { ...call, retry: 'never', signedAs: options.replay };
}
