import type { DeliveryReport } from '../domain/delivery-report.ts';
import { isContradiction } from '../resolvers/delivery-reports.ts';
import { builder } from './builder.ts';
import { MessageStatusEnum } from './message-status.ts';

/** A delivery report (DLR) as this gateway received or recovered it. */
export const DeliveryReportType = builder.objectRef<DeliveryReport>('DeliveryReport').implement({
  description: 'A delivery report (DLR): one step in the life of a message, as this gateway received it.',
  fields: (t) => ({
    messageId: t.exposeString('messageId', {
      description: "The provider's id of the message, such as `api_42_1743667200123456789_a3f8b2c1d9e45f67`.",
    }),
    recipient: t.expose('recipient', {
      type: 'PhoneNumber',
      description: 'Who the message went to, such as `+447911123456`.',
    }),
    sender: t.exposeString('sender', {
      nullable: true,
      description:
        'The sender ID shown, such as `MyApp`. Null when the report does not name it. Provider: `sender_id`.',
    }),
    status: t.expose('status', {
      type: MessageStatusEnum,
      description: 'The status reported, such as `DELIVERED`.',
    }),
    rawStatus: t.exposeString('rawStatus', {
      description: "The provider's own word for it, such as `DELIVRD`.",
    }),
    statusCode: t.exposeString('statusCode', {
      nullable: true,
      description: "The carrier's code behind the status, such as `000`. Null when the report has none.",
    }),
    segments: t.exposeInt('segments', {
      nullable: true,
      description:
        'How many segments were billed, such as `1`. Null when not reported. Provider: `num_parts`.',
    }),
    cost: t.expose('cost', {
      type: 'Decimal',
      nullable: true,
      description: 'What it cost in the account currency, such as `"0.0085"`. Null when not reported.',
    }),
    occurredAt: t.expose('occurredAt', {
      type: 'DateTime',
      description:
        "When it happened by the provider's clock, such as `2026-02-13T10:30:04.000Z`. Provider: `timestamp`.",
    }),
    receivedAt: t.expose('receivedAt', {
      type: 'DateTime',
      description: 'When this gateway took it in, such as `2026-02-13T10:30:05.120Z`.',
    }),
    isRecovered: t.exposeBoolean('isRecovered', {
      description: 'True when no webhook brought it and the gateway asked the provider for it.',
    }),
    isContradiction: t.boolean({
      description:
        'True when it tells another end of the message than the one that was reported first and stays, such as `DELIVERED` after the provider had given up with `UNDELIVERED`.',
      resolve: (report, _args, context) => isContradiction(report, context),
    }),
  }),
});
