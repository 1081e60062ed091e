import type { MessageQuery, Period, StatsQuery } from '../../domain/list-query.ts';
import type { PageRequest } from '../provider-session.ts';

const PERIOD_NAMES: Readonly<Record<Period, string>> = {
  TODAY: 'today',
  YESTERDAY: 'yesterday',
  LAST_7_DAYS: '7d',
  LAST_30_DAYS: '30d',
  THIS_MONTH: 'this_month',
  LAST_MONTH: 'last_month',
};

/** Always in this order, so that the same question has the same query string and is recognized by the cache. */
export function listParameters(query: MessageQuery | StatsQuery, page?: PageRequest): string {
  const { range } = query;
  const days =
    typeof range === 'string' ? { period: PERIOD_NAMES[range] } : { from: range.from, to: range.to };
  const parameters = new URLSearchParams(days);
  if ('source' in query) parameters.set('source', query.source.toLowerCase());
  if (query.statusGroup !== null) parameters.set('status', query.statusGroup.toLowerCase());
  if (query.phoneContains !== null) parameters.set('phone', query.phoneContains);
  if (query.country !== null) parameters.set('country', query.country);
  if (query.sender !== null) parameters.set('sender', query.sender);
  if (page !== undefined) {
    parameters.set('page', String(page.page));
    parameters.set('limit', String(page.limit));
  }
  return parameters.toString();
}
