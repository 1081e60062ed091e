import type { DateRange } from '../domain/list-query.ts';
import type { CountryStats, DailyStats } from '../domain/statistics.ts';
import { type Stats, stats } from '../resolvers/stats.ts';
import { builder } from './builder.ts';
import { cost } from './complexity.ts';
import { needsScope } from './scope.ts';
import { TrafficCountersInterface } from './traffic-counters.ts';
import { StatsFilterInput } from './traffic-filter.ts';

/** Totals, days, countries. */
const MAX_CALLS = 3;
/** Days of a long range and countries of the world. */
const MAX_ROWS = 400;

const StatsPeriodType = builder.objectRef<DateRange>('StatsPeriod').implement({
  description: 'The days of statistics, both included, by the calendar of the provider.',
  fields: (t) => ({
    from: t.expose('from', { type: 'Date', description: 'The first day, such as `2026-01-14`.' }),
    to: t.expose('to', { type: 'Date', description: 'The last day, such as `2026-02-13`.' }),
  }),
});

const DailyStatsType = builder.objectRef<DailyStats>('DailyStats').implement({
  description: 'The counters of one day.',
  interfaces: [TrafficCountersInterface],
  fields: (t) => ({
    date: t.expose('date', {
      type: 'Date',
      description: "The day by the provider's calendar, such as `2026-02-13`.",
    }),
  }),
});

const CountryStatsType = builder.objectRef<CountryStats>('CountryStats').implement({
  description: 'The counters of one country.',
  interfaces: [TrafficCountersInterface],
  fields: (t) => ({
    country: t.expose('country', {
      type: 'CountryCode',
      nullable: true,
      description:
        "The recipients' country, such as `GB`. Null for messages that the provider could not place.",
    }),
  }),
});

const StatsType = builder.objectRef<Stats>('Stats').implement({
  description: 'Statistics of a period. Each part costs a REST call only if it is selected, and fails alone.',
  interfaces: [TrafficCountersInterface],
  fields: (t) => ({
    currency: t.string({
      nullable: true,
      description: 'The account currency as ISO 4217, such as `EUR`. Null when the provider leaves it out.',
      resolve: async (parent) => (await parent.totals()).currency,
    }),
    period: t.field({
      type: StatsPeriodType,
      nullable: true,
      description:
        "The days that were counted. Those of a `filter.period` are the provider's, told with the counters: that REST call is made for them too; null when it failed or does not say.",
      resolve: (parent) => parent.period(),
    }),
    daily: t.field({
      type: [DailyStatsType],
      nullable: true,
      description: 'Day by day, oldest first. Costs a REST call of its own; null when that failed.',
      resolve: (parent) => parent.daily(),
    }),
    byCountry: t.field({
      type: [CountryStatsType],
      nullable: true,
      description: 'Country by country. Costs a REST call of its own; null when that failed.',
      resolve: (parent) => parent.byCountry(),
    }),
  }),
});

builder.queryField('stats', (t) =>
  t.field({
    type: StatsType,
    nullable: true,
    description: 'Counts, rates and costs of a period, in all, by day and by country.',
    args: {
      filter: t.arg({
        type: StatsFilterInput,
        description: 'What to count; API messages of the last 7 days when absent.',
      }),
    },
    extensions: needsScope('sms.read'),
    complexity: cost({ upstreamCalls: MAX_CALLS, rows: MAX_ROWS }),
    resolve: (_root, args, context) => stats(args, context),
  }),
);
