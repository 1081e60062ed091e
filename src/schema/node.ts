import { MAX_NODE_IDS, node, nodes } from '../resolvers/node.ts';
import { MAX_SEARCHED_PAGES } from '../resolvers/traffic-item-node.ts';
import { builder } from './builder.ts';
import { cost, sizeWithin } from './complexity.ts';
import { needsScope } from './scope.ts';

builder.queryFields((t) => ({
  node: t.field({
    type: builder.nodeInterfaceRef(),
    nullable: true,
    description: 'An object by its opaque `id`; null when it is not in the workspace.',
    args: {
      id: t.arg.id({ required: true, description: 'The `id` of an object, such as `TWVzc2FnZTphcGlfNDJf`.' }),
    },
    extensions: needsScope('sms.read'),
    complexity: cost({ upstreamCalls: MAX_SEARCHED_PAGES, rows: 1 }),
    resolve: (_root, args, context) => node(args, context),
  }),
  nodes: t.field({
    type: [builder.nodeInterfaceRef()],
    nullable: { list: false, items: true },
    description:
      'Objects by their opaque ids, in the order asked; null in the place of one that is not found or failed.',
    args: {
      ids: t.arg.idList({
        required: true,
        description: `Up to ${MAX_NODE_IDS} ids of objects, such as \`["TWVzc2FnZTphcGlfNDJf"]\`.`,
      }),
    },
    extensions: needsScope('sms.read'),
    complexity: ({ ids }) => {
      const size = sizeWithin(ids.length, MAX_NODE_IDS);
      return cost({ upstreamCalls: size * MAX_SEARCHED_PAGES, rows: size });
    },
    resolve: (_root, args, context) => nodes(args, context),
  }),
}));
