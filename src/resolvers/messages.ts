import type { OperationContext } from '../context.ts';
import type { DeliveryReport } from '../domain/delivery-report.ts';
import { BadUserInputError } from '../domain/errors.ts';
import type { Message } from '../domain/message.ts';
import { isFinalStatus } from '../domain/message-status.ts';
import { StoreUnavailableError } from '../store/store.ts';
import { applyTimeline } from '../subscriptions/delivery-state.ts';
import { type Connection, type ConnectionArgs, type ConnectionSource, connection } from './connection.ts';
import { reportsInLogOrder } from './delivery-reports.ts';
import { filterIdentity, type MessageFilterInput, messageQuery } from './list-filter.ts';

/** The most message ids one field may ask for. */
export const MAX_MESSAGE_IDS = 100;

export interface MessagesInput extends ConnectionArgs {
  readonly filter?: MessageFilterInput | null | undefined;
}

/** The history of messages sent over the API, newest first. */
export function messages(input: MessagesInput, context: OperationContext): Promise<Connection<Message>> {
  const query = messageQuery(input.filter, context.clock.now());
  const source: ConnectionSource<Message> = {
    name: 'messages',
    filter: filterIdentity(input.filter),
    range: query.range,
    fetch: (range, page) => context.provider.listMessages({ ...query, range }, page),
    idOf: (row) => row.messageId,
    instantOf: (row) => row.createdAt,
    isAppendOnly: query.statusGroup === null,
  };
  return connection(input, source, context);
}

/**
 * Null when the provider knows no such message of this workspace. A report that reached the gateway counts also where the
 * provider's own answer has not caught up with it.
 */
export async function message(
  { messageId }: { readonly messageId: string },
  context: OperationContext,
): Promise<Message | null> {
  if (messageId === '') return null;
  const known = await context.provider.loadMessage(messageId);
  if (known === null || isFinalStatus(known.status)) return known;
  return applyTimeline(known, await reportsHeld(messageId, context));
}

/** A store that is away must not take reading down: the provider's answer stands alone then. */
async function reportsHeld(messageId: string, context: OperationContext): Promise<readonly DeliveryReport[]> {
  try {
    return await reportsInLogOrder(messageId, context);
  } catch (error) {
    if (error instanceof StoreUnavailableError) return [];
    throw error;
  }
}

/** In the order asked. One that fails does not fail the others. */
export function messagesById(
  { messageIds }: { readonly messageIds: readonly string[] },
  context: OperationContext,
): readonly Promise<Message | null>[] {
  if (messageIds.length > MAX_MESSAGE_IDS) {
    throw new BadUserInputError(
      `messageIds must hold at most ${MAX_MESSAGE_IDS} ids; it held ${messageIds.length}.`,
    );
  }
  return messageIds.map((messageId) => message({ messageId }, context));
}
