import { ok } from '../../api/answer.ts';
import { type ApiCall, defineEndpoint } from '../../api/endpoint.ts';
import type { JsonValue } from '../../formats/json-text.ts';
import { DAY_MS, isoDay, startOfDay } from '../../formats/timestamps.ts';
import { STATISTICS_STATUS_GROUPS } from '../../messages/message-status.ts';
import type { DayRange } from '../messages/date-range.ts';
import { type MessageFilter, readMessageFilter } from '../messages/message-filter.ts';
import { newestFirst } from '../messages/message-search.ts';
import { addToTally, countersOf, emptyTally, tallyBy, tallySize } from './tally.ts';

/** Statistics count the API's messages unless told otherwise. */
const readStatisticsFilter = (call: ApiCall): MessageFilter =>
  readMessageFilter(call, { statusGroups: STATISTICS_STATUS_GROUPS, defaultSource: 'api' });

const periodOf = ({ range }: MessageFilter): JsonValue => ({
  from: isoDay(range.fromMs),
  to: isoDay(range.untilMs - 1),
});

/** Totals of a period. */
export const statsEndpoint = defineEndpoint<MessageFilter>({
  method: 'GET',
  path: '/sms/stats',
  permission: 'sms.read',
  check: readStatisticsFilter,
  answer({ journal, key }, filter) {
    const tally = emptyTally();
    for (const message of newestFirst(journal, filter)) addToTally(tally, message);
    const stats = { ...countersOf(tally), currency: key.workspace.account.currency };
    return ok({ status: true, stats, period: periodOf(filter) });
  },
});

/** Of a longer range only the days with traffic are told. */
const MAX_QUIET_DAYS = 1_000;

function quietDays({ fromMs, untilMs }: DayRange): readonly number[] {
  const count = (untilMs - fromMs) / DAY_MS;
  return count > MAX_QUIET_DAYS ? [] : Array.from({ length: count }, (_, index) => fromMs + index * DAY_MS);
}

/** The counters day by day, ascending, days without traffic included. */
export const statsDailyEndpoint = defineEndpoint<MessageFilter>({
  method: 'GET',
  path: '/sms/stats/daily',
  permission: 'sms.read',
  check: readStatisticsFilter,
  answer({ journal }, filter) {
    const dayOf = ({ createdAtMs }: { readonly createdAtMs: number }) => startOfDay(createdAtMs);
    const days = tallyBy(newestFirst(journal, filter), dayOf, quietDays(filter.range));
    const daily = [...days]
      .sort(([left], [right]) => left - right)
      .map(([day, tally]) => ({ date: isoDay(day), ...countersOf(tally) }));
    return ok({ status: true, daily, period: periodOf(filter) });
  },
});

/** The counters country by country, the busiest first; null stands for numbers of no country. */
export const statsByCountryEndpoint = defineEndpoint<MessageFilter>({
  method: 'GET',
  path: '/sms/stats/by-country',
  permission: 'sms.read',
  check: readStatisticsFilter,
  answer({ journal }, filter) {
    const tallies = tallyBy(newestFirst(journal, filter), ({ country }) => country);
    const countries = [...tallies]
      .sort(([, left], [, right]) => tallySize(right) - tallySize(left))
      .map(([country, tally]) => ({ country, ...countersOf(tally) }));
    return ok({ status: true, countries, period: periodOf(filter) });
  },
});
