import type { MessageStatus } from '../../src/domain/message-status.ts';
import type { StatusData } from '../../test/support/follow-queries.ts';

/** What became of the messages that one subscription follows, as far as it was told. */
export interface StatusTally {
  /** @returns the cursor of the event */
  take(data: unknown): string;
  readonly events: number;
  readonly duplicates: number;
  /** Changes that do not follow on what was told before. */
  readonly wrong: number;
  /** Messages that nobody told the end of. */
  readonly unfinished: number;
}

/** In this order; it begins with whatever is true when the following begins. */
const FLOW: readonly string[] = ['SENT', 'EN_ROUTE', 'ACCEPTED', 'DELIVERED'] satisfies MessageStatus[];

export function createStatusTally(messageIds: readonly string[]): StatusTally {
  const told = new Map<string, string | null>(messageIds.map((messageId) => [messageId, null]));
  const cursors = new Set<string>();
  let events = 0;
  let duplicates = 0;
  let wrong = 0;

  const isNext = ({ previousStatus, status, message }: StatusData['messageStatusChanged']): boolean => {
    const before = told.get(message.messageId);
    if (before === undefined || before !== previousStatus || !FLOW.includes(status)) return false;
    return before === null || FLOW.indexOf(status) === FLOW.indexOf(before) + 1;
  };

  return {
    take(data) {
      const { messageStatusChanged: event } = data as StatusData;
      events += 1;
      if (cursors.has(event.cursor)) duplicates += 1;
      else {
        if (!isNext(event)) wrong += 1;
        told.set(event.message.messageId, event.status);
      }
      cursors.add(event.cursor);
      return event.cursor;
    },
    get events() {
      return events;
    },
    get duplicates() {
      return duplicates;
    },
    get wrong() {
      return wrong;
    },
    get unfinished() {
      return [...told.values()].filter((status) => status !== 'DELIVERED').length;
    },
  };
}
