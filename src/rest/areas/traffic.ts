import type { OffsetPage, TrafficQuery } from '../../domain/list-query.ts';
import type { TrafficItem } from '../../domain/traffic-item.ts';
import { type CallScope, readCall, type UpstreamAnswer } from '../client/call.ts';
import { withReadErrors } from '../failures/read-errors.ts';
import type { CsvStream, PageRequest } from '../provider-session.ts';
import { listParameters } from '../wire/list-parameters.ts';
import { readPage } from '../wire/page.ts';
import { readTrafficItem } from '../wire/traffic.ts';
import { cachedRead, type ProviderParts } from './provider-parts.ts';

/** `GET /sms/messages/unified`: API and campaign traffic together. */
export function listTraffic(
  parts: ProviderParts,
  scope: CallScope,
  query: TrafficQuery,
  page: PageRequest,
): Promise<OffsetPage<TrafficItem>> {
  const call = readCall('unified', '/sms/messages/unified', listParameters(query, page));
  const read = ({ body }: UpstreamAnswer) =>
    readPage('unified', body, page, { rows: parts.rows, row: readTrafficItem });
  return withReadErrors(() => cachedRead(parts, scope, call, { isFresh: page.isFresh, read }));
}

/** `GET /sms/messages/unified/export`: nothing is held, the bytes come as fast as they are taken. */
export async function exportTraffic(
  { client }: ProviderParts,
  scope: CallScope,
  query: TrafficQuery,
): Promise<CsvStream> {
  const call = readCall('export', '/sms/messages/unified/export', listParameters(query));
  const { body, headers } = await withReadErrors(() => client.stream(call, scope));
  return { body, contentType: String(headers['content-type'] ?? 'text/csv; charset=utf-8') };
}
