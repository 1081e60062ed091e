import type { OperationContext } from '../context.ts';
import { BadUserInputError } from '../domain/errors.ts';
import type { DateRange } from '../domain/list-query.ts';
import type { CountryStats, DailyStats, TrafficTotals } from '../domain/statistics.ts';
import { type TrafficFilterInput, trafficQuery } from './list-filter.ts';

export interface StatsInput {
  readonly filter?: TrafficFilterInput | null | undefined;
}

/** Statistics whose three parts are asked for when they are read, each once, each failing alone. */
export interface Stats {
  readonly period: DateRange;
  readonly totals: () => Promise<TrafficTotals>;
  readonly daily: () => Promise<readonly DailyStats[]>;
  readonly byCountry: () => Promise<readonly CountryStats[]>;
}

/** @throws BadUserInputError when the filter cannot be used */
export function stats({ filter }: StatsInput, { provider, clock }: OperationContext): Stats {
  if (filter?.statusGroup === 'UNKNOWN') {
    throw new BadUserInputError(
      'filter.statusGroup: statistics count UNKNOWN among UNDELIVERED; ask for that.',
    );
  }
  const query = trafficQuery(filter, 'API', clock.now());
  return {
    period: query.range,
    totals: once(() => provider.fetchTotals(query)),
    daily: once(() => provider.fetchDailyStats(query)),
    byCountry: once(() => provider.fetchCountryStats(query)),
  };
}

function once<Value>(load: () => Promise<Value>): () => Promise<Value> {
  let loading: Promise<Value> | null = null;
  return () => {
    loading ??= load();
    return loading;
  };
}
