import type { OperationContext } from '../context.ts';
import type { DeliveryReport } from '../domain/delivery-report.ts';
import { BadUserInputError } from '../domain/errors.ts';
import type { Message } from '../domain/message.ts';
import { isFinalStatus, type MessageStatus } from '../domain/message-status.ts';
import { isContradictingFinal } from '../domain/status-progress.ts';
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

export interface MessageInput {
  readonly messageId: string;
  /** The report that the message is shown beside: an event must not contradict itself. */
  readonly report?: DeliveryReport;
}

/**
 * The one way from an id to a message, for every field that shows one. A report that reached the gateway counts also where
 * the provider's own answer has not caught up with it. Null when the provider knows no such message of this workspace.
 */
export async function message(
  { messageId, report }: MessageInput,
  context: OperationContext,
): Promise<Message | null> {
  if (messageId === '') return null;
  const known = await context.provider.loadMessage(messageId);
  if (known === null || isSettled(known.status, report)) return known;
  return applyTimeline(known, await reportsHeld(messageId, report, context));
}

/** A final status stands without a look into the log, unless the report at hand says that the message ended otherwise. */
const isSettled = (status: MessageStatus, report: DeliveryReport | undefined): boolean =>
  isFinalStatus(status) && !(report !== undefined && isContradictingFinal(status, report.status));

/** A store that is away must not take reading down: the provider's answer, and the report at hand, stand alone then. */
async function reportsHeld(
  messageId: string,
  report: DeliveryReport | undefined,
  context: OperationContext,
): Promise<readonly DeliveryReport[]> {
  try {
    return await reportsInLogOrder(messageId, context);
  } catch (error) {
    if (error instanceof StoreUnavailableError) return report === undefined ? [] : [report];
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
