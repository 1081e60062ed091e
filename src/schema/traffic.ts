import { traffic } from '../resolvers/traffic.ts';
import { builder } from './builder.ts';
import { connectionArgs, connectionCost, connectionType } from './connection.ts';
import { needsScope } from './scope.ts';
import { TrafficFilterInput } from './traffic-filter.ts';
import { TrafficItemType } from './traffic-item.ts';

const TrafficConnectionType = connectionType({
  name: 'Traffic',
  rows: 'messages of the unified history',
  node: TrafficItemType,
});

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
