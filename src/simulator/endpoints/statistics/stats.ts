import { ok } from '../../api/answer.ts';
import { defineEndpoint } from '../../api/endpoint.ts';
import type { MessageFilter } from '../messages/message-filter.ts';
import { newestFirst } from '../messages/message-search.ts';
import { addToTally, countersOf, emptyTally } from './statistics.ts';
import { periodOf, readStatisticsFilter } from './statistics-filter.ts';

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
