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

/** What follows `delivered_at` is told only of messages that can be clicked on: those of campaigns. */
function engagementOf({ source, engagement }: MessageRecord): { [key: string]: JsonValue } {
  if (engagement === null) return source === 'campaign' ? { clicked: false } : {};
  const { clickedAtMs, actionType, actionAtMs } = engagement;
  return {
    clicked: true,
    clicked_at: isoSeconds(clickedAtMs),
    ...(actionType === null ? {} : { action_type: actionType, action_at: isoSecondsOrNull(actionAtMs) }),
  };
}

const trafficRow = (message: MessageRecord): JsonValue => ({
  id: message.messageId,
  source: message.source,
  recipient: message.recipient,
  sender_id: message.senderId,
  message: message.text,
  status: message.status,
  status_code: message.statusCode,
  cost: costNumber(message.cost),
  sent_at: isoSeconds(message.createdAtMs),
  delivered_at: isoSecondsOrNull(message.deliveredAtMs),
  ...engagementOf(message),
});

/** Messages of the API and of campaigns, newest first. */
export const unifiedEndpoint = defineEndpoint<{ filter: MessageFilter; page: PageParameters }>({
  method: 'GET',
  path: '/sms/messages/unified',
  permission: 'sms.read',
  check: (call) => ({
    filter: readMessageFilter(call, { statusGroups: LIST_STATUS_GROUPS, defaultSource: 'all' }),
    page: readPage(call.query),
  }),
  answer: ({ journal }, { filter, page }) => ok(pageBody(findPage(journal, filter, page), page, trafficRow)),
});
