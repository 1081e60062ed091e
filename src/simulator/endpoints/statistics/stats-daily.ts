import { ok } from '../../api/answer.ts';
import { defineEndpoint } from '../../api/endpoint.ts';
import { DAY_MS, isoDay, startOfDay } from '../../formats/timestamps.ts';
import type { DayRange } from '../messages/date-range.ts';
import type { MessageFilter } from '../messages/message-filter.ts';
import { newestFirst } from '../messages/message-search.ts';
import { countersOf, tallyBy } from './statistics.ts';
import { periodOf, readStatisticsFilter } from './statistics-filter.ts';

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
