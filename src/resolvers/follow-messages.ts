import type { OperationContext } from '../context.ts';
import type { EventSource } from '../subscriptions/event-source.ts';
import { followMessages as followInLog } from '../subscriptions/follow-messages.ts';
import type { BeginAt } from '../subscriptions/resume-position.ts';
import type { MessageStatusChanged } from '../subscriptions/status-follower.ts';
import { checkFollowedIds } from './followed-ids.ts';

export interface FollowMessagesInput extends BeginAt {
  readonly messageIds: readonly string[];
}

/**
 * Follows 1 to 100 messages of the caller's workspace until each is final.
 *
 * @throws BadUserInputError, CursorInvalidError, CursorExpiredError when it opens; SlowConsumerError later
 */
export async function followMessages(
  { messageIds, after, since }: FollowMessagesInput,
  context: OperationContext,
): Promise<EventSource<MessageStatusChanged>> {
  checkFollowedIds(messageIds, 'messageIds');
  const { viewer, sealers, hangUp } = context;
  return followInLog({
    ...context,
    signal: hangUp.signal,
    workspace: viewer.workspace,
    sealer: sealers.eventCursor,
    messageIds,
    after,
    since,
  });
}
