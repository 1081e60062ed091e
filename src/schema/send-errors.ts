import {
  IdempotencyConflictError,
  InsufficientBalanceError,
  OutcomeUnknownError,
  SendRefusedError,
} from '../domain/errors.ts';
import { builder } from './builder.ts';
import { UserErrorInterface } from './user-error.ts';

builder.objectType(InsufficientBalanceError, {
  name: 'InsufficientBalanceError',
  description: 'The balance does not cover the send. Nothing was sent.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({
    balance: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'What is left, in the account currency, such as `"0.42"`. Null when not told.',
      resolve: ({ shortfall }) => shortfall.balance,
    }),
    estimatedCost: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'What the send would cost, such as `"1.07"`. Null when not told.',
      resolve: ({ shortfall }) => shortfall.estimatedCost,
    }),
    currency: t.string({
      nullable: true,
      description: 'The account currency, such as `EUR`. Null when not told.',
      resolve: ({ shortfall }) => shortfall.currency,
    }),
    totalRecipients: t.int({
      nullable: true,
      description: 'Recipients asked for, such as `100`. Null when not told.',
      resolve: ({ shortfall }) => shortfall.totalRecipients,
    }),
    billableRecipients: t.int({
      nullable: true,
      description: 'Recipients that would be billed, such as `98`. Null when not told.',
      resolve: ({ shortfall }) => shortfall.billableRecipients,
    }),
    segments: t.int({
      nullable: true,
      description: 'Segments a recipient, such as `2`. Null when not told.',
      resolve: ({ shortfall }) => shortfall.segments,
    }),
  }),
});

builder.objectType(SendRefusedError, {
  name: 'SendRefusedError',
  description:
    'The provider (`NO_SMS_ACCESS`, `CONFIG_ERROR`, …) or a guard of the gateway (`COUNTRY_NOT_ALLOWED`, `SPEND_CAP`, …) refused. Nothing was sent.',
  interfaces: [UserErrorInterface],
});

builder.objectType(IdempotencyConflictError, {
  name: 'IdempotencyConflictError',
  description: 'The idempotency key was used before with another input. Nothing was sent now.',
  interfaces: [UserErrorInterface],
});

builder.objectType(OutcomeUnknownError, {
  name: 'OutcomeUnknownError',
  description:
    'The messages may or may not have been sent: the provider gave no answer. Do not send anew; ask again with the same input and this key, which finds the truth and never sends twice.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({
    idempotencyKey: t.exposeString('idempotencyKey', {
      description:
        'The key to ask again with, such as `order-1847`; made up by the gateway when none was given.',
    }),
  }),
});
