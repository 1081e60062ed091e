import type { Message } from '../domain/message.ts';
import { parseMessageId } from '../domain/message-id.ts';
import type { SendReceipt } from '../domain/send.ts';
import type { Watch } from '../store/store.ts';
import { firstDueAt } from './watch-schedule.ts';

export interface WatchContext {
  readonly workspace: string;
  readonly nowMs: number;
}

/** The watches that a send begins: one for each accepted recipient. */
export const watchesForSend = (receipt: SendReceipt, context: WatchContext): readonly Watch[] =>
  receipt.recipients
    .map((recipient) => recipient.messageId)
    .filter((messageId) => messageId !== null)
    .map((messageId) => createWatch(messageId, context.nowMs, context));

/** The watches of messages that somebody follows. */
export const watchesForMessages = (messages: readonly Message[], context: WatchContext): readonly Watch[] =>
  messages.map(({ messageId, createdAt }) => createWatch(messageId, Date.parse(createdAt), context));

function createWatch(messageId: string, sentAtMs: number, { workspace, nowMs }: WatchContext): Watch {
  // The id tells the day in the provider's history by the provider's own clock.
  const stampedAtMs = parseMessageId(messageId)?.sentAtMs ?? sentAtMs;
  return { workspace, messageId, sentAtMs: stampedAtMs, dueAtMs: firstDueAt(sentAtMs, nowMs), attempts: 0 };
}
