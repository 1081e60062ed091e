import type { ApiCall } from '../../api/endpoint.ts';
import type { JsonValue } from '../../formats/json-text.ts';
import { isoDay } from '../../formats/timestamps.ts';
import { STATISTICS_STATUS_GROUPS } from '../../messages/message-status.ts';
import { type MessageFilter, readMessageFilter } from '../messages/message-filter.ts';

/** Statistics count the API's messages unless told otherwise. */
export const readStatisticsFilter = (call: ApiCall): MessageFilter =>
  readMessageFilter(call, { statusGroups: STATISTICS_STATUS_GROUPS, defaultSource: 'api' });

export const periodOf = ({ range }: MessageFilter): JsonValue => ({
  from: isoDay(range.fromMs),
  to: isoDay(range.untilMs - 1),
});
