import type { MessageQuery, OffsetPage } from '../../domain/list-query.ts';
import type { Message } from '../../domain/message.ts';
import { type CallScope, readCall, type UpstreamAnswer } from '../client/call.ts';
import { UpstreamContractError, UpstreamError } from '../failures/failures.ts';
import { withReadErrors } from '../failures/read-errors.ts';
import { verdictOf } from '../failures/verdict.ts';
import type { PageRequest } from '../provider-session.ts';
import { listParameters } from '../wire/list-parameters.ts';
import { readListedMessage, readStatusMessage } from '../wire/message.ts';
import { readPage } from '../wire/page.ts';
import { cachedRead, type ProviderParts, type ReadOptions } from './provider-parts.ts';

/** `GET /sms/messages`. Every row is put into the message cache, and follows what reports told meanwhile. */
export function listMessages(
  parts: ProviderParts,
  scope: CallScope,
  query: MessageQuery,
  page: PageRequest,
): Promise<OffsetPage<Message>> {
  const call = readCall('messages', '/sms/messages', listParameters(query, page));
  const read = ({ body }: UpstreamAnswer) => {
    const answered = readPage('messages', body, page, { rows: parts.rows, row: readListedMessage });
    return { ...answered, rows: answered.rows.map(parts.messages.put) };
  };
  return withReadErrors(() => cachedRead(parts, scope, call, { isFresh: page.isFresh, read }));
}

/** What may stand in a path as an id. Anything else, such as `..`, cannot be the id of a message. */
const USABLE_ID = /^[\w:-][\w.:-]{0,199}$/;

/** `GET /sms/status/:message_id`; null when the provider knows no such message. */
export async function fetchMessage(
  parts: ProviderParts,
  scope: CallScope,
  messageId: string,
  options: ReadOptions = {},
): Promise<Message | null> {
  if (!USABLE_ID.test(messageId)) return null;
  const call = readCall('status', `/sms/status/${encodeURIComponent(messageId)}`);
  const read = ({ body }: UpstreamAnswer) => parts.messages.put(messageIn(body));
  return withReadErrors(async () => {
    try {
      return await cachedRead(parts, scope, call, { ...options, read });
    } catch (error) {
      if (error instanceof UpstreamError && verdictOf(error.refusal) === 'missing') return null;
      throw error;
    }
  });
}

function messageIn(body: unknown): Message {
  const message = readStatusMessage(body);
  if (message === null) throw new UpstreamContractError('status', 'the body holds no message');
  return message;
}
