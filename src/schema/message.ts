import type { Message } from '../domain/message.ts';
import { isFinalStatus } from '../domain/message-status.ts';
import { encodeNodeId } from '../domain/node-id.ts';
import { countryOf } from '../domain/phone-number.ts';
import { deliveryReports } from '../resolvers/delivery-reports.ts';
import { builder } from './builder.ts';
import { DeliveryReportType } from './delivery-report.ts';
import { EncodingEnum } from './encoding.ts';
import { MessageStatusEnum } from './message-status.ts';

/** One SMS to one recipient. Every field but the timeline is a plain property: pages of messages stay cheap. */
export const MessageType = builder.objectRef<Message>('Message').implement({
  description: 'One SMS to one recipient, sent over the API.',
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.id({
      description: 'Opaque and stable, such as `TWVzc2FnZTphcGlfNDJf`; for caches and `Query.node`.',
      resolve: (message) => encodeNodeId('Message', message.messageId),
    }),
    messageId: t.exposeString('messageId', {
      description:
        "The provider's id, such as `api_42_1743667200123456789_a3f8b2c1d9e45f67`. Provider: `message_id`, in lists `client_message_id`.",
    }),
    recipient: t.expose('recipient', {
      type: 'PhoneNumber',
      description: 'Who it goes to, such as `+447911123456`. Provider: `dnis`, `recipient`.',
    }),
    country: t.field({
      type: 'CountryCode',
      nullable: true,
      description:
        "The country of the recipient's number by the numbering plans, such as `GB`. Null for numbers of no country.",
      resolve: (message) => countryOf(message.recipient),
    }),
    sender: t.exposeString('sender', {
      description: 'The sender ID shown on the handset, such as `MyApp`. Provider: `sender_id`.',
    }),
    text: t.exposeString('text', {
      description: 'The text as sent, such as `Your verification code is 847291`. Provider: `message`.',
    }),
    encoding: t.expose('encoding', {
      type: EncodingEnum,
      description: 'How the text is encoded, such as `GSM_7`.',
    }),
    segments: t.exposeInt('segments', {
      nullable: true,
      description:
        'How many segments (message parts) it takes, such as `1`. Null when the provider does not say.',
    }),
    status: t.expose('status', {
      type: MessageStatusEnum,
      description: 'Where it stands, such as `DELIVERED`.',
    }),
    rawStatus: t.exposeString('rawStatus', {
      description: "The provider's own word for the status, such as `DELIVRD`.",
    }),
    isFinal: t.boolean({
      description: 'True when the status is not expected to change any more.',
      resolve: (message) => isFinalStatus(message.status),
    }),
    statusCode: t.exposeString('statusCode', {
      nullable: true,
      description: "The carrier's code behind the status, such as `000`. Null until the carrier gave one.",
    }),
    cost: t.expose('cost', {
      type: 'Decimal',
      nullable: true,
      description: 'What it cost in the account currency, such as `"0.0085"`. Null until the provider knows.',
    }),
    createdAt: t.expose('createdAt', {
      type: 'DateTime',
      description: 'When the provider took it in, such as `2026-02-13T10:30:00.000Z`.',
    }),
    deliveredAt: t.expose('deliveredAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it reached the handset, such as `2026-02-13T10:30:04.000Z`. Null until delivered.',
    }),
    deliveryReports: t.field({
      type: [DeliveryReportType],
      description:
        'The timeline: every report about it that this gateway received and still holds, oldest first. Costs no REST call.',
      resolve: (message, _args, context) => deliveryReports(message.messageId, context),
    }),
  }),
});
