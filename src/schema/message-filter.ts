import { builder } from './builder.ts';
import { MessageStatusGroupEnum } from './message-status.ts';
import { PeriodEnum } from './period.ts';

type Types = (typeof builder)['$inferSchemaTypes'];

/** What every list and statistic can be narrowed by. */
export const filterFields = (t: PothosSchemaTypes.InputFieldBuilder<Types, 'InputObject'>) => ({
  statusGroup: t.field({
    type: MessageStatusGroupEnum,
    description: 'Only messages whose status is in this group, such as `DELIVERED`. Provider: `status`.',
  }),
  phoneContains: t.string({
    description:
      'Only recipients with these digits somewhere in their number, such as `4479111`. Provider: `phone`.',
  }),
  country: t.field({
    type: 'CountryCode',
    description: 'Only recipients of this country, such as `GB`.',
  }),
  sender: t.string({ description: 'Only this sender ID, such as `MyApp`.' }),
  period: t.field({
    type: PeriodEnum,
    description:
      'Days counted back from now; `LAST_7_DAYS` when neither this nor `from` is given. Excludes `from` and `to`.',
  }),
  from: t.field({
    type: 'Date',
    description: 'The first UTC day, included, such as `2026-02-01`. Excludes `period`.',
  }),
  to: t.field({
    type: 'Date',
    description: 'The last UTC day, included, such as `2026-02-13`; today when only `from` is given.',
  }),
});

export const MessageFilterInput = builder.inputType('MessageFilter', {
  description: 'What to narrow the history of messages to; all members must hold.',
  fields: filterFields,
});
