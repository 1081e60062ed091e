import type { MessageRecord } from './message-record.ts';

/** What came in over `POST /sms/send`, found by recipient. */
export interface AcceptedMessages {
  readonly count: number;
  add(message: MessageRecord): void;
  /** Oldest first. */
  to(recipient: string): readonly MessageRecord[];
}

export function createAcceptedMessages(): AcceptedMessages {
  const byRecipient = new Map<string, MessageRecord[]>();
  let count = 0;

  return {
    get count() {
      return count;
    },
    add(message) {
      count += 1;
      const known = byRecipient.get(message.recipient);
      if (known === undefined) byRecipient.set(message.recipient, [message]);
      else known.push(message);
    },
    to: (recipient) => byRecipient.get(recipient) ?? [],
  };
}
