import { MAX_MESSAGE_IDS, message, messages, messagesById } from '../resolvers/messages.ts';
import { builder } from './builder.ts';
import { cost, sizeWithin } from './complexity.ts';
import { connectionArgs, connectionCost, connectionType } from './connection.ts';
import { MessageType } from './message.ts';
import { MessageFilterInput } from './message-filter.ts';
import { needsScope } from './scope.ts';

const MessageConnectionType = connectionType({ name: 'Message', rows: 'messages', node: MessageType });

builder.queryFields((t) => ({
  message: t.field({
    type: MessageType,
    nullable: true,
    description: "One message by the provider's id; null when there is none in the workspace.",
    args: {
      messageId: t.arg.string({
        required: true,
        description: 'Such as `api_42_1743667200123456789_a3f8b2c1d9e45f67`.',
      }),
    },
    extensions: needsScope('sms.read'),
    complexity: cost({ upstreamCalls: 1, rows: 1 }),
    resolve: (_root, args, context) => message(args, context),
  }),
  messagesById: t.field({
    type: [MessageType],
    nullable: { list: false, items: true },
    description:
      "Messages by the provider's ids, in the order asked; null in the place of one that is not found or failed.",
    args: {
      messageIds: t.arg.stringList({
        required: true,
        description: `Up to ${MAX_MESSAGE_IDS} ids, such as \`["api_42_1743667200123456789_a3f8b2c1d9e45f67"]\`.`,
      }),
    },
    extensions: needsScope('sms.read'),
    complexity: ({ messageIds }) => {
      const size = sizeWithin(messageIds.length, MAX_MESSAGE_IDS);
      return cost({ upstreamCalls: size, rows: size });
    },
    resolve: (_root, args, context) => messagesById(args, context),
  }),
  messages: t.field({
    type: MessageConnectionType,
    nullable: true,
    description:
      'The history of messages sent over the API, newest first. Paging neither repeats nor loses a row while new ones arrive.',
    args: {
      ...connectionArgs,
      filter: t.arg({
        type: MessageFilterInput,
        description: 'What to narrow the list to; the last 7 days when absent.',
      }),
    },
    extensions: needsScope('sms.read'),
    complexity: connectionCost,
    resolve: (_root, args, context) => messages(args, context),
  }),
}));
