import type { Balance } from '../domain/account.ts';
import { builder } from './builder.ts';
import { cost } from './complexity.ts';
import { needsScope } from './scope.ts';

const BalanceType = builder.objectRef<Balance>('Balance').implement({
  description: 'What the account can still spend.',
  fields: (t) => ({
    amount: t.expose('amount', {
      type: 'Decimal',
      nullable: true,
      description:
        'The balance in `currency`, such as `"1250.50"`. Null when it is not known: never a made-up zero.',
    }),
    currency: t.exposeString('currency', {
      nullable: true,
      description: 'The account currency as ISO 4217, such as `EUR`. Null when the provider leaves it out.',
    }),
    updatedAt: t.expose('updatedAt', {
      type: 'DateTime',
      nullable: true,
      description:
        'When the provider counted it, such as `2026-02-13T10:15:00.000Z`. Null when not said. Provider: `updated`.',
    }),
    isCreditBlocked: t.exposeBoolean('isCreditBlocked', {
      description: 'True when nothing can be sent until money is paid in. Provider: `credit_blocked`.',
    }),
    isUnavailable: t.exposeBoolean('isUnavailable', {
      description: 'True when the provider does not know the balance right now; `amount` is null then.',
    }),
    unavailableReason: t.exposeString('unavailableReason', {
      nullable: true,
      description: "Why not, in the provider's words, such as `cache_disabled`. Null when it is known.",
    }),
  }),
});

builder.queryField('balance', (t) =>
  t.field({
    type: BalanceType,
    nullable: true,
    description: 'What the account can still spend.',
    extensions: needsScope('balance.read'),
    complexity: cost({ upstreamCalls: 1, rows: 1 }),
    resolve: (_root, _args, { provider }) => provider.fetchBalance(),
  }),
);
