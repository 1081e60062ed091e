import type { Payment, PaymentSource, PaymentType } from '../domain/account.ts';
import { builder } from './builder.ts';
import { cost } from './complexity.ts';
import { needsScope } from './scope.ts';

/** The provider sends its payments whole. */
const COUNTED_ROWS = 100;

const PaymentTypeEnum = builder.enumType('PaymentType', {
  description: 'What a payment is.',
  values: {
    DEPOSIT: { description: 'Money paid in. Provider: `deposit`.' },
    USAGE: { description: 'Money spent on messages. Provider: `usage`.' },
    ADJUSTMENT: { description: 'A correction. Provider: `adjustment`.' },
    UNRECOGNIZED: { description: 'A type that this version does not know.' },
  } as const satisfies Record<PaymentType, { description: string }>,
});

const PaymentSourceEnum = builder.enumType('PaymentSource', {
  description: 'Where a payment was booked.',
  values: {
    SMS_GATEWAY: { description: 'By the SMS gateway of the provider. Provider: `sms_gateway`.' },
    PORTAL: { description: "In the provider's portal. Provider: `portal`." },
    UNRECOGNIZED: { description: 'A source that this version does not know.' },
  } as const satisfies Record<PaymentSource, { description: string }>,
});

const PaymentObject = builder.objectRef<Payment>('Payment').implement({
  description: 'One movement of money on the account.',
  fields: (t) => ({
    id: t.exposeID('paymentId', { description: "The provider's id, such as `sms_gateway_S12345`." }),
    amount: t.expose('amount', {
      type: 'Decimal',
      description: 'How much, in `currency`, such as `"500.00"`.',
    }),
    currency: t.exposeString('currency', {
      nullable: true,
      description: 'Its currency as ISO 4217, such as `EUR`. Null when not given.',
    }),
    date: t.expose('date', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was booked, such as `2026-02-10T14:30:00.000Z`. Null when not given.',
    }),
    type: t.expose('type', { type: PaymentTypeEnum, description: 'What it is, such as `DEPOSIT`.' }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'What the provider wrote on it, such as `Bank transfer`. Null when nothing.',
    }),
    source: t.expose('source', {
      type: PaymentSourceEnum,
      description: 'Where it was booked, such as `PORTAL`.',
    }),
  }),
});

builder.queryField('payments', (t) =>
  t.field({
    type: [PaymentObject],
    nullable: true,
    description: "Movements of money on the account, in the provider's order.",
    extensions: needsScope('payments.read'),
    complexity: cost({ upstreamCalls: 1, rows: COUNTED_ROWS }),
    resolve: (_root, _args, { provider }) => provider.fetchPayments(),
  }),
);
