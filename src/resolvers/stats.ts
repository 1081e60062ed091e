import type { OperationContext } from '../context.ts';
import { BadUserInputError } from '../domain/errors.ts';
import type { DateRange } from '../domain/list-query.ts';
import type { CountryStats, DailyStats, TrafficTotals } from '../domain/statistics.ts';
import { statsQuery, type TrafficFilterInput } from './list-filter.ts';

export interface StatsInput {
  readonly filter?: TrafficFilterInput | null | undefined;
}

/** Statistics whose three parts are asked for when they are read, each once, each failing alone. */
export interface Stats {
  /** Fixed days as asked, those of a period as the provider counted them; null when it does not say. */
  readonly period: () => Promise<DateRange | null>;
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
  const query = statsQuery(filter, clock.now());
  const { range } = query;
  const totals = once(() => provider.fetchTotals(query));
  return {
    period: async () => (typeof range === 'string' ? (await totals()).period : range),
    totals,
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
