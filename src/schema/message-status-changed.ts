import { followMessages } from '../resolvers/follow-messages.ts';
import { MAX_FOLLOWED_MESSAGES } from '../resolvers/followed-ids.ts';
import type { MessageStatusChanged } from '../subscriptions/status-follower.ts';
import { builder } from './builder.ts';
import { cost, sizeWithin } from './complexity.ts';
import { MessageType } from './message.ts';
import { MessageStatusEnum } from './message-status.ts';
import { needsScope } from './scope.ts';

const MessageStatusChangedEventType = builder
  .objectRef<MessageStatusChanged>('MessageStatusChangedEvent')
  .implement({
    description: 'A followed message has another status than this subscription told before.',
    fields: (t) => ({
      cursor: t.exposeString('cursor', {
        description:
          'The place of this event: give it as `after` to go on behind it, here or at another replica.',
      }),
      occurredAt: t.expose('occurredAt', {
        type: 'DateTime',
        description: "When it happened by the provider's clock, such as `2026-02-13T10:30:04.000Z`.",
      }),
      previousStatus: t.expose('previousStatus', {
        type: MessageStatusEnum,
        nullable: true,
        description:
          'The status before, such as `SENT`: as told, after `since` as the reports say. Null in the event that opens a message.',
      }),
      status: t.expose('status', {
        type: MessageStatusEnum,
        description: 'The status now, such as `DELIVERED`.',
      }),
      message: t.expose('message', { type: MessageType, description: 'The message as it is now.' }),
    }),
  });

builder.subscriptionField('messageStatusChanged', (t) =>
  t.field({
    type: MessageStatusChangedEventType,
    description:
      'Follows messages until each is final. Opens with the current state of each; ends by itself after the last final status. A status never goes backwards, in whatever order the reports come.',
    args: {
      messageIds: t.arg.stringList({
        required: true,
        description: '1 to 100 ids, such as `["api_42_1743667200123456789_a3f8b2c1d9e45f67"]`.',
      }),
      after: t.arg.string({
        description:
          'The cursor of the last event received, to resume without a gap; for the same `messageIds` only. Excludes `since`.',
      }),
      since: t.arg({
        type: 'DateTime',
        description:
          'Begins in the past, by the time at which the gateway took reports in, such as `2026-02-13T10:30:04.000Z`: each change since then that is still kept, the current state of messages that had none, then what comes. For `extensions.oldestAvailable` of `CURSOR_EXPIRED`. An instant in the future means now. Excludes `after`.',
      }),
    },
    extensions: needsScope('sms.read'),
    complexity: ({ messageIds }) => {
      const rows = sizeWithin(messageIds.length, MAX_FOLLOWED_MESSAGES);
      return cost({ upstreamCalls: rows, rows });
    },
    subscribe: (_root, { messageIds, after, since }, context) =>
      followMessages({ messageIds, after: after ?? null, since: since ?? null }, context),
    resolve: (event) => event,
  }),
);
