import { traffic } from '../resolvers/traffic.ts';
import { builder } from './builder.ts';
import { connectionArgs, connectionCost, totalCountField } from './connection.ts';
import { needsScope } from './scope.ts';
import { TrafficFilterInput } from './traffic-filter.ts';
import { TrafficItemType } from './traffic-item.ts';

const TrafficEdgeType = builder.edgeObject({
  name: 'TrafficEdge',
  description: 'A message of the unified history and its place in the list.',
  type: TrafficItemType,
});

const TrafficConnectionType = builder.connectionObject(
  {
    name: 'TrafficConnection',
    description: 'A page of the unified history, newest first.',
    type: TrafficItemType,
    fields: totalCountField,
  },
  TrafficEdgeType,
);

builder.queryField('traffic', (t) =>
  t.field({
    type: TrafficConnectionType,
    nullable: true,
    description: 'The unified history: API and campaign messages together, newest first.',
    args: {
      ...connectionArgs,
      filter: t.arg({
        type: TrafficFilterInput,
        description: 'What to narrow the list to; all sources of the last 7 days when absent.',
      }),
    },
    extensions: needsScope('sms.read'),
    complexity: connectionCost,
    resolve: (_root, args, context) => traffic(args, context),
  }),
);
