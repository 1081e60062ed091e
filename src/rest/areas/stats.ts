import type { StatsQuery } from '../../domain/list-query.ts';
import type { CountryStats, DailyStats, TrafficTotals } from '../../domain/statistics.ts';
import { type CallScope, readCall, type UpstreamAnswer } from '../client/call.ts';
import { withReadErrors } from '../failures/read-errors.ts';
import { listParameters } from '../wire/list-parameters.ts';
import { onlyArrayIn } from '../wire/rows.ts';
import { readCountry, readDay, readTotals } from '../wire/stats.ts';
import { cachedRead, type ProviderParts } from './provider-parts.ts';

/** `GET /sms/stats`. */
export const fetchTotals = (
  parts: ProviderParts,
  scope: CallScope,
  query: StatsQuery,
): Promise<TrafficTotals> =>
  readStats(parts, scope, { path: '/sms/stats', query }, ({ body }) => readTotals(body));

/** `GET /sms/stats/daily`, ascending by date. */
export const fetchDailyStats = (
  parts: ProviderParts,
  scope: CallScope,
  query: StatsQuery,
): Promise<readonly DailyStats[]> =>
  readStats(parts, scope, { path: '/sms/stats/daily', query }, ({ body }) =>
    parts.rows.read('stats', onlyArrayIn('stats', body), readDay),
  );

/** `GET /sms/stats/by-country`. */
export const fetchCountryStats = (
  parts: ProviderParts,
  scope: CallScope,
  query: StatsQuery,
): Promise<readonly CountryStats[]> =>
  readStats(parts, scope, { path: '/sms/stats/by-country', query }, ({ body }) =>
    parts.rows.read('stats', onlyArrayIn('stats', body), readCountry),
  );

function readStats<Result>(
  parts: ProviderParts,
  scope: CallScope,
  asked: { readonly path: string; readonly query: StatsQuery },
  read: (answer: UpstreamAnswer) => Result,
): Promise<Result> {
  const call = readCall('stats', asked.path, listParameters(asked.query));
  return withReadErrors(() => cachedRead(parts, scope, call, { read }));
}
