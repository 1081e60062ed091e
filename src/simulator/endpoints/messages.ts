import { ok } from '../answer.ts';
import { defineEndpoint } from '../endpoint.ts';
import type { JsonValue } from '../json-text.ts';
import { type MessageFilter, readMessageFilter } from '../message-filter.ts';
import type { MessageRecord } from '../message-record.ts';
import { findPage } from '../message-search.ts';
import { LIST_STATUS_GROUPS } from '../message-status.ts';
import { costNumber } from '../money.ts';
import { type PageParameters, pageBody, readPage } from '../paging.ts';
import { isoSeconds, isoSecondsOrNull } from '../timestamps.ts';

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
