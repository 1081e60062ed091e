import { ok } from '../../api/answer.ts';
import { defineEndpoint } from '../../api/endpoint.ts';
import { type PageParameters, pageBody, readPage } from '../../api/paging.ts';
import type { JsonValue } from '../../formats/json-text.ts';
import { costNumber } from '../../formats/money.ts';
import { isoSeconds, isoSecondsOrNull } from '../../formats/timestamps.ts';
import type { MessageRecord } from '../../messages/message-record.ts';
import { LIST_STATUS_GROUPS } from '../../messages/message-status.ts';
import { type MessageFilter, readMessageFilter } from './message-filter.ts';
import { findPage } from './message-search.ts';

const messageRow = (message: MessageRecord): JsonValue => ({
  id: message.id,
  client_message_id: message.messageId,
  recipient: message.recipient,
  sender_id: message.senderId,
  message: message.text,
  status: message.status,
  status_code: message.statusCode,
  segments: message.segments,
  cost: costNumber(message.cost),
  created_at: isoSeconds(message.createdAtMs),
  delivered_at: isoSecondsOrNull(message.deliveredAtMs) ?? undefined,
});

/** Messages of the API, newest first. */
export const messagesEndpoint = defineEndpoint<{ filter: MessageFilter; page: PageParameters }>({
  method: 'GET',
  path: '/sms/messages',
  permission: 'sms.read',
  check: (call) => ({
    filter: readMessageFilter(call, { statusGroups: LIST_STATUS_GROUPS, defaultSource: null }),
    page: readPage(call.query),
  }),
  answer: ({ journal }, { filter, page }) => ok(pageBody(findPage(journal, filter, page), page, messageRow)),
});
