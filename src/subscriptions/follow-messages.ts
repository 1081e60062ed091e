import type { Clock } from '../domain/clock.ts';
import type { Message } from '../domain/message.ts';
import type { TokenSealer } from '../domain/sealed-token.ts';
import type { Logger } from '../logger.ts';
import type { ProviderSession } from '../rest/provider-session.ts';
import type { Store } from '../store/store.ts';
import { hashAsk } from './event-cursor.ts';
import { createEventSource, type EventSource } from './event-source.ts';
import { loadCurrentMessages } from './followed-messages.ts';
import type { Hub } from './hub.ts';
import { type BeginAt, readStartPoint } from './resume-position.ts';
import { createStatusFollower, type MessageStatusChanged } from './status-follower.ts';
import { encodeStatuses } from './status-memo.ts';
import { watchesForMessages } from './watches.ts';

export interface FollowMessagesOptions extends BeginAt {
  readonly workspace: string;
  /** Repeats are followed once. */
  readonly messageIds: readonly string[];
  readonly hub: Hub;
  readonly store: Pick<Store, 'log' | 'watches'>;
  readonly provider: Pick<ProviderSession, 'loadMessages'>;
  readonly sealer: TokenSealer;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/**
 * Follows messages until each is final: first the current state of those the caller was not told of yet, then every
 * change. From an instant on, the changes since then are told, and the current state of those messages that had none. A
 * message that is not final is watched, so that a report that never comes is asked for.
 *
 * @throws CursorInvalidError, CursorExpiredError, BadUserInputError (also naming unknown ids), and what reading the messages
 * throws; while running also SlowConsumerError
 */
export async function followMessages(
  options: FollowMessagesOptions,
): Promise<EventSource<MessageStatusChanged>> {
  const { workspace, after, since, hub, store, sealer, signal } = options;
  const messageIds = [...new Set(options.messageIds)];
  const sortedIds = messageIds.toSorted();
  const askHash = hashAsk({ name: 'messageStatusChanged', workspace, args: { messageIds: sortedIds } });
  const startPoint = await readStartPoint({ after, since, askHash, sealer, log: store.log });
  const start = startPoint?.position ?? hub.position;
  // Before the messages are read: what changes meanwhile waits in the queue, nothing is missed.
  const subscription = hub.subscribe({ workspace, messageIds: new Set(messageIds) }, start);

  try {
    const current = await loadCurrentMessages({ ...options, messageIds, start, log: store.log });
    const toldBefore = () => encodeStatuses(sortedIds.map((id) => current.get(id)?.toldBefore ?? null));
    const memo = startPoint === null ? '' : (startPoint.memo ?? toldBefore());
    const follower = createStatusFollower({
      ...options,
      askHash,
      messageIds: sortedIds,
      current,
      memo,
      start,
    });
    const opening = follower.open(messageIds);
    const awaited = [...current.values()].filter(
      ({ message, isSettledInLog }) => !isSettledInLog && !follower.isToldEndOf(message.messageId),
    );
    await watchMessages(
      options,
      awaited.map(({ message }) => message),
    );
    const { advance: toEvent, isComplete } = follower;
    return createEventSource({ subscription, opening, toEvent, isComplete, signal });
  } catch (error) {
    await subscription.return();
    throw error;
  }
}

async function watchMessages(
  { store, workspace, clock, logger }: FollowMessagesOptions,
  messages: readonly Message[],
): Promise<void> {
  if (messages.length === 0) return;
  try {
    await store.watches.add(watchesForMessages(messages, { workspace, nowMs: clock.now() }));
  } catch (error) {
    // Following works without: only a report that never comes would not be asked for.
    logger.warn({ err: error }, 'Followed messages could not be added to the watch list');
  }
}
