import type { TrafficSource } from '../domain/list-query.ts';
import { builder } from './builder.ts';
import { filterFields } from './message-filter.ts';

const TrafficSourceEnum = builder.enumType('TrafficSource', {
  description: 'Which messages to look at.',
  values: {
    API: { description: 'Those sent over the API. Provider: `api`.' },
    BROADCASTS: { description: 'Those sent by campaigns. Provider: `broadcasts`.' },
    ALL: { description: 'Both. Provider: `all`.' },
  } as const satisfies Record<TrafficSource, { description: string }>,
});

export const TrafficFilterInput = builder.inputType('TrafficFilter', {
  description: 'What to narrow API and campaign traffic to; all members must hold.',
  fields: (t) => ({
    ...filterFields(t),
    source: t.field({
      type: TrafficSourceEnum,
      description: 'Which messages to look at; `ALL` when absent.',
    }),
  }),
});

export const StatsFilterInput = builder.inputType('StatsFilter', {
  description: 'What to count; all members must hold. `statusGroup: UNKNOWN` is not a group of statistics.',
  fields: (t) => ({
    ...filterFields(t),
    source: t.field({ type: TrafficSourceEnum, description: 'Which messages to count; `API` when absent.' }),
  }),
});
