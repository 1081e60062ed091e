import type { MessageQuery, TrafficQuery } from '../../domain/list-query.ts';
import type { PageRequest } from '../provider-session.ts';

/** Always in this order, so that the same question has the same query string and is recognized by the cache. */
export function listParameters(query: MessageQuery | TrafficQuery, page?: PageRequest): string {
  const parameters = new URLSearchParams({ from: query.range.from, to: query.range.to });
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
