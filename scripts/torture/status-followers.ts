import { STATUS_QUERY } from '../../test/support/follow-queries.ts';
import { subscribeOverSocket } from '../../test/support/subscribe-once.ts';
import { messageIdOf } from './numbered-post.ts';
import type { ReplicaSet } from './replica-set.ts';
import { startResumingClient } from './resuming-client.ts';
import { createStatusTally } from './status-tally.ts';

export interface StatusFollowersOptions {
  readonly count: number;
  readonly replicas: ReplicaSet;
  /** The message that is reported next for the first time. */
  readonly frontier: () => number;
  readonly onEnd: (how: string) => void;
}

export interface StatusFollowers {
  /** Lets each follow its messages to their end, and no others. Resolves with what all of them saw. */
  finish(): Promise<StatusCounts>;
}

export interface StatusCounts {
  readonly followed: number;
  readonly events: number;
  readonly duplicates: number;
  readonly wrong: number;
  readonly unfinished: number;
}

const MESSAGES_AT_ONCE = 10;
/** How far before the frontier the next messages may be: their first report comes while they are being followed, or did. */
const SPREAD = 40;

/** Clients that follow a few messages until they are final, and then the next few. */
export function startStatusFollowers(options: StatusFollowersOptions): StatusFollowers {
  const { count, replicas, frontier, onEnd } = options;
  const sum = { followed: 0, events: 0, duplicates: 0, wrong: 0, unfinished: 0 };
  let isFinishing = false;

  async function followSome(firstReplica: number): Promise<void> {
    const first = frontier() + Math.floor(Math.random() * SPREAD);
    const messageIds = Array.from({ length: MESSAGES_AT_ONCE }, (_, index) => messageIdOf(first + index));
    const tally = createStatusTally(messageIds);
    await startResumingClient({
      ...{ replicas, firstReplica, subscribe: subscribeOverSocket, eventsForgotten: 0, onEnd },
      query: STATUS_QUERY,
      variables: { ids: messageIds },
      take: tally.take,
    }).done;
    sum.followed += messageIds.length;
    sum.events += tally.events;
    sum.duplicates += tally.duplicates;
    sum.wrong += tally.wrong;
    sum.unfinished += tally.unfinished;
  }

  const following = Array.from({ length: count }, async (_, follower) => {
    for (let round = 0; !isFinishing; round += 1) await followSome(follower + round);
  });
  return {
    async finish() {
      isFinishing = true;
      await Promise.all(following);
      return sum;
    },
  };
}
