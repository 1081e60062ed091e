import type { Period } from '../domain/list-query.ts';
import { builder } from './builder.ts';

export const PeriodEnum = builder.enumType('Period', {
  description:
    'Days counted back from now. Lists: UTC days, which stay those of the first page. Statistics: the days of the provider, as its portal counts them.',
  values: {
    TODAY: { description: 'Since midnight. Provider: `today`.' },
    YESTERDAY: { description: 'The day before today. Provider: `yesterday`.' },
    LAST_7_DAYS: { description: 'Today and the 7 days before. The default. Provider: `7d`.' },
    LAST_30_DAYS: { description: 'Today and the 30 days before. Provider: `30d`.' },
    THIS_MONTH: { description: 'Since the first of the month. Provider: `this_month`.' },
    LAST_MONTH: { description: 'The whole month before this one. Provider: `last_month`.' },
  } as const satisfies Record<Period, { description: string }>,
});
