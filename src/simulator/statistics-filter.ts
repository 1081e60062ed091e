import type { ApiCall } from './endpoint.ts';
import type { JsonValue } from './json-text.ts';
import { type MessageFilter, readMessageFilter } from './message-filter.ts';
import { STATISTICS_STATUS_GROUPS } from './message-status.ts';
import { isoDay } from './timestamps.ts';

/** Statistics count the API's messages unless told otherwise. */
export const readStatisticsFilter = (call: ApiCall): MessageFilter =>
  readMessageFilter(call, { statusGroups: STATISTICS_STATUS_GROUPS, defaultSource: 'api' });

export const periodOf = ({ range }: MessageFilter): JsonValue => ({
  from: isoDay(range.fromMs),
  to: isoDay(range.untilMs - 1),
});
