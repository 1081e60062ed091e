import type { RecipientResult, RecipientStatus, SendSummary } from '../domain/send.ts';
import { message } from '../resolvers/messages.ts';
import type { SendResult } from '../resolvers/sends/prepared-send.ts';
import { builder } from './builder.ts';
import { EncodingEnum } from './encoding.ts';
import { MessageType } from './message.ts';

const RecipientStatusEnum = builder.enumType('RecipientStatus', {
  description: 'What the provider did with one recipient of a send.',
  values: {
    ACCEPTED: { description: 'Queued. Provider: `accepted`.' },
    BLOCKED_COUNTRY: {
      description: 'Skipped: the country is blocked for the account. Provider: `blocked_country`.',
    },
    QUEUE_ERROR: { description: 'Not queued: a fault at the provider. Provider: `queue_error`.' },
    CONFIG_ERROR: { description: 'Not queued: the account is not set up for it. Provider: `config_error`.' },
    UNRECOGNIZED: {
      description:
        'Not queued, as far as is known: a word this version does not know, or a send whose answer was lost and whose history has no message to this recipient.',
    },
  } as const satisfies Record<RecipientStatus, { description: string }>,
});

const RecipientResultType = builder.objectRef<RecipientResult>('RecipientResult').implement({
  description: 'What became of one recipient.',
  fields: (t) => ({
    recipient: t.expose('recipient', {
      type: 'PhoneNumber',
      description: 'The recipient as given, such as `+447911123456`. Provider: `dnis`.',
    }),
    status: t.expose('status', {
      type: RecipientStatusEnum,
      description: 'Whether the message was queued, such as `ACCEPTED`.',
    }),
    messageId: t.exposeString('messageId', {
      nullable: true,
      description:
        "The provider's id of the message, such as `api_42_1743667200123456789_a3f8b2c1d9e45f67`. Null when it was not queued.",
    }),
    segments: t.exposeInt('segments', {
      nullable: true,
      description: 'Segments billed for this recipient, such as `1`. Null when it was not queued.',
    }),
    sentMessage: t.field({
      type: MessageType,
      nullable: true,
      description:
        'The message. Costs no REST call right after the send; of a repeated send it is asked for. Null when it was not queued.',
      resolve: ({ messageId }, _args, context) =>
        messageId === null ? null : message({ messageId }, context),
    }),
  }),
});

const SendSummaryType = builder.objectRef<SendSummary>('SendSummary').implement({
  description: 'The send as a whole.',
  fields: (t) => ({
    totalRecipients: t.exposeInt('totalRecipients', { description: 'Recipients asked for, such as `2`.' }),
    totalSegments: t.exposeInt('totalSegments', {
      description: 'Segments over all recipients, such as `4`.',
    }),
    totalCost: t.expose('totalCost', {
      type: 'Decimal',
      description: 'Cost of all of them in the account currency, such as `"0.034"`.',
    }),
    encoding: t.expose('encoding', {
      type: EncodingEnum,
      description: 'How the text is encoded, such as `GSM_7`.',
    }),
    acceptedCount: t.exposeInt('acceptedCount', { description: 'Recipients queued, such as `2`.' }),
    blockedCount: t.exposeInt('blockedCount', {
      description: 'Recipients in a blocked country, such as `0`.',
    }),
    queueErrorCount: t.exposeInt('queueErrorCount', {
      description: 'Recipients lost to a queue fault, such as `0`.',
    }),
    configErrorCount: t.exposeInt('configErrorCount', {
      description: 'Recipients the account is not set up for, such as `0`.',
    }),
    dbErrorCount: t.exposeInt('dbErrorCount', {
      description: 'Recipients lost to a database fault, such as `0`.',
    }),
  }),
});

export const SendResultType = builder.objectRef<SendResult>('SendResult').implement({
  description: 'The provider took the send in.',
  fields: (t) => ({
    recipients: t.expose('recipients', {
      type: [RecipientResultType],
      description: 'Every recipient, in the order given.',
    }),
    summary: t.expose('summary', { type: SendSummaryType, description: 'The send as a whole.' }),
    isSandbox: t.boolean({
      description: 'True when the provider simulated it: nobody gets a message, nothing is billed.',
      // The simulator of sandbox mode answers as the live provider does; the provider's own sandbox says what it is.
      resolve: (result, _args, { viewer }) => result.isSandbox || viewer.isSandbox,
    }),
    isReplay: t.exposeBoolean('isReplay', {
      description:
        'True when the idempotency key was used before: this is the result of that send, and nothing was sent now.',
    }),
  }),
});
