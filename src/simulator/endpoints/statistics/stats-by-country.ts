import { ok } from '../../api/answer.ts';
import { defineEndpoint } from '../../api/endpoint.ts';
import type { MessageFilter } from '../messages/message-filter.ts';
import { newestFirst } from '../messages/message-search.ts';
import { countersOf, tallyBy, tallySize } from './statistics.ts';
import { periodOf, readStatisticsFilter } from './statistics-filter.ts';

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
