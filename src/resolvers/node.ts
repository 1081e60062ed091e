import type { OperationContext } from '../context.ts';
import { BadUserInputError } from '../domain/errors.ts';
import type { Message } from '../domain/message.ts';
import { decodeNodeId } from '../domain/node-id.ts';
import type { TrafficItem } from '../domain/traffic-item.ts';
import { message } from './messages.ts';
import { trafficItemByNodeKey } from './traffic-item-node.ts';

/** The most ids one field may ask for. */
export const MAX_NODE_IDS = 100;

/**
 * The object behind an opaque id; null when it is not there, or is of another workspace.
 * @throws BadUserInputError when it is no id of this gateway
 */
export function node(
  { id }: { readonly id: string },
  context: OperationContext,
  path = 'id',
): Promise<Message | TrafficItem | null> {
  const decoded = decodeNodeId(id);
  if (decoded === null) throw new BadUserInputError(`${path} is not an id of this gateway.`);
  const { type, key } = decoded;
  switch (type) {
    case 'Message':
      return message({ messageId: key }, context);
    case 'TrafficItem':
      return trafficItemByNodeKey(key, context);
    default:
      return type satisfies never;
  }
}

/** In the order asked. One that fails does not fail the others. */
export function nodes(
  { ids }: { readonly ids: readonly string[] },
  context: OperationContext,
): readonly Promise<Message | TrafficItem | null>[] {
  if (ids.length > MAX_NODE_IDS) {
    throw new BadUserInputError(`ids must hold at most ${MAX_NODE_IDS} ids; it held ${ids.length}.`);
  }
  return ids.map(async (id, index) => node({ id }, context, `ids.${index}`));
}
