import type { DeliveryReportFilter } from '../domain/delivery-report-filter.ts';
import { followReports } from '../resolvers/follow-reports.ts';
import { message } from '../resolvers/messages.ts';
import type { DeliveryReportReceived } from '../subscriptions/follow-reports.ts';
import { builder } from './builder.ts';
import { cost } from './complexity.ts';
import { DeliveryReportType } from './delivery-report.ts';
import { MessageType } from './message.ts';
import { MessageStatusEnum } from './message-status.ts';
import { needsScope } from './scope.ts';

const DeliveryReportFilterInput = builder.inputType('DeliveryReportFilter', {
  description: 'What a feed of delivery reports is narrowed to. Everything given must fit.',
  fields: (t) => ({
    statuses: t.field({
      type: [MessageStatusEnum],
      description: 'Only reports of these statuses, such as `[UNDELIVERED, REJECTED]`.',
    }),
    phoneContains: t.string({
      description: "Only recipients whose number contains this, such as `+4479`. Provider's lists: `phone`.",
    }),
    sender: t.string({ description: 'Only messages of this sender ID, such as `MyApp`.' }),
    messageIds: t.stringList({ description: 'Only these messages: 1 to 100 ids.' }),
  }),
});

const DeliveryReportReceivedEventType = builder
  .objectRef<DeliveryReportReceived>('DeliveryReportReceivedEvent')
  .implement({
    description: 'A delivery report came in, by webhook or recovered by the gateway.',
    fields: (t) => ({
      cursor: t.exposeString('cursor', {
        description:
          'The place of this event: give it as `after` to go on behind it, here or at another replica.',
      }),
      occurredAt: t.expose('occurredAt', {
        type: 'DateTime',
        description: "When it happened by the provider's clock, such as `2026-02-13T10:30:04.000Z`.",
      }),
      report: t.expose('report', { type: DeliveryReportType, description: 'The report.' }),
      message: t.field({
        type: MessageType,
        nullable: true,
        description:
          'The message it is about as it is now, never behind `report`. A REST call of its own; null when it fails or finds none.',
        resolve: ({ report }, _args, context) => message({ messageId: report.messageId, report }, context),
      }),
    }),
  });

builder.subscriptionField('deliveryReportReceived', (t) =>
  t.field({
    type: DeliveryReportReceivedEventType,
    description:
      "The feed of the workspace's delivery reports: from `after` or `since`, else from now. Each report once, as it was received, also those that change no status.",
    args: {
      filter: t.arg({
        type: DeliveryReportFilterInput,
        description: 'Narrows the feed; everything when absent.',
      }),
      after: t.arg.string({
        description:
          'The cursor of the last event received, to resume without a gap; for the same filter only. Excludes `since`.',
      }),
      since: t.arg({
        type: 'DateTime',
        description:
          'Begins in the past, by the time at which the gateway took reports in, such as `2026-02-13T10:30:04.000Z`: each report since then that is still kept, then what comes. For `extensions.oldestAvailable` of `CURSOR_EXPIRED`. An instant in the future means now. Excludes `after`.',
      }),
    },
    extensions: needsScope('sms.read'),
    complexity: () => cost({ upstreamCalls: 1, rows: 1 }),
    subscribe: (_root, { filter, after, since }, context) =>
      followReports({ filter: toReportFilter(filter), after: after ?? null, since: since ?? null }, context),
    resolve: (event) => event,
  }),
);

type FilterInput = typeof DeliveryReportFilterInput.$inferInput | null | undefined;

const toReportFilter = (filter: FilterInput): DeliveryReportFilter => ({
  statuses: filter?.statuses ?? null,
  phoneContains: filter?.phoneContains ?? null,
  sender: filter?.sender ?? null,
  messageIds: filter?.messageIds ?? null,
});
