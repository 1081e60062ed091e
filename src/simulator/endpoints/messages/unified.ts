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
