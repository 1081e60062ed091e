import type { OperationContext } from '../context.ts';
import type { TrafficItem } from '../domain/traffic-item.ts';
import { type Connection, type ConnectionArgs, type ConnectionSource, connection } from './connection.ts';
import { filterIdentity, type TrafficFilterInput, trafficQuery } from './list-filter.ts';

export interface TrafficInput extends ConnectionArgs {
  readonly filter?: TrafficFilterInput | null | undefined;
}

/** The history of API and campaign messages together, newest first. */
export function traffic(input: TrafficInput, context: OperationContext): Promise<Connection<TrafficItem>> {
  const query = trafficQuery(input.filter, 'ALL', context.clock.now());
  const source: ConnectionSource<TrafficItem> = {
    name: 'traffic',
    filter: filterIdentity(input.filter),
    range: query.range,
    fetch: (range, page) => context.provider.listTraffic({ ...query, range }, page),
    idOf: trafficItemKey,
    instantOf: (row) => row.sentAt,
    isAppendOnly: query.statusGroup === null,
  };
  return connection(input, source, context);
}

/** Tells rows apart: the two sources number theirs independently. */
export const trafficItemKey = (item: TrafficItem): string => `${item.source}:${item.itemId}`;
