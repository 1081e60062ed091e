import {
  IdempotencyConflictError,
  InsufficientBalanceError,
  InvalidInputError,
  OutcomeUnknownError,
  RateLimitedError,
  SendRefusedError,
  UpstreamUnavailableError,
} from '../domain/errors.ts';
import { MAX_RECIPIENTS } from '../resolvers/recipient-problems.ts';
import { sendSms } from '../resolvers/send-sms.ts';
import { builder } from './builder.ts';
import { cost, sizeWithin } from './complexity.ts';
import { needsScope } from './scope.ts';
import './send-errors.ts';
import { SendResultType } from './send-result.ts';

const SendSmsInput = builder.inputType('SendSmsInput', {
  description: 'One text to 1 to 100 recipients.',
  fields: (t) => ({
    to: t.stringList({
      required: true,
      description:
        '1 to 100 recipients in E.164, such as `["+447911123456"]`. One that is named twice is refused: nobody is texted twice.',
    }),
    text: t.string({
      required: true,
      description:
        'The text, such as `Your code is 847291`; at most 255 segments. `Query.estimate` measures it.',
    }),
    sender: t.string({
      required: true,
      description:
        'The sender ID: 3 to 11 letters and digits beginning with a letter, such as `MyApp`, or a phone number. Provider: `sender_id`.',
    }),
    idempotencyKey: t.string({
      description:
        '1 to 64 characters that name this send, such as `order-1847`; kept for 7 days. A repeat with the same key and input never sends twice: it answers what became of the first. Made up by the gateway when absent.',
    }),
  }),
});

builder.mutationField('sendSms', (t) =>
  t.field({
    type: SendResultType,
    nullable: true,
    description:
      'Sends one text to 1 to 100 recipients, at most once per idempotency key. All recipients are queued or none is; those in blocked countries are skipped one by one.',
    errors: {
      types: [
        InvalidInputError,
        InsufficientBalanceError,
        SendRefusedError,
        RateLimitedError,
        IdempotencyConflictError,
        OutcomeUnknownError,
        UpstreamUnavailableError,
      ],
      union: {
        name: 'SendSmsOutcome',
        description: 'What became of a send. The error members share `message` and `code`.',
      },
    },
    args: { input: t.arg({ type: SendSmsInput, required: true, description: 'What to send, and to whom.' }) },
    extensions: needsScope('sms.send'),
    // Beyond the POST itself: the messages of a repeated send, were they selected.
    complexity: ({ input }) => {
      const recipients = sizeWithin(input.to.length, MAX_RECIPIENTS);
      return cost({ upstreamCalls: 1 + recipients, rows: recipients });
    },
    resolve: (_root, { input }, context) =>
      sendSms({ ...input, idempotencyKey: input.idempotencyKey ?? null }, context),
  }),
);
