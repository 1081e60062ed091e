import type { LogEntry } from '../store/store.ts';
import type { HubInterest } from './hub.ts';
import type { Subscriber } from './subscriber.ts';

/** Who wants an entry, found without looking at anybody else. */
export interface SubscriberIndex {
  add(interest: HubInterest, subscriber: Subscriber): void;
  remove(interest: HubInterest, subscriber: Subscriber): void;
  offer(entry: LogEntry): void;
}

export function createSubscriberIndex(): SubscriberIndex {
  const subscribersByKey = new Map<string, Set<Subscriber>>();
  const offerTo = (key: string, entry: LogEntry) => {
    // Over a copy: one that ends while being served leaves the set.
    for (const subscriber of [...(subscribersByKey.get(key) ?? [])]) subscriber.offer(entry);
  };

  return {
    add(interest, subscriber) {
      for (const key of keysOf(interest)) {
        const subscribers = subscribersByKey.get(key) ?? new Set();
        subscribersByKey.set(key, subscribers.add(subscriber));
      }
    },
    remove(interest, subscriber) {
      for (const key of keysOf(interest)) {
        const subscribers = subscribersByKey.get(key);
        subscribers?.delete(subscriber);
        if (subscribers?.size === 0) subscribersByKey.delete(key);
      }
    },
    offer(entry) {
      offerTo(feedKey(entry.workspace), entry);
      offerTo(messageKey(entry.workspace, entry.report.messageId), entry);
    },
  };
}

const keysOf = ({ workspace, messageIds }: HubInterest): readonly string[] =>
  messageIds === null
    ? [feedKey(workspace)]
    : [...messageIds].map((messageId) => messageKey(workspace, messageId));

const feedKey = (workspace: string): string => JSON.stringify([workspace]);
const messageKey = (workspace: string, messageId: string): string => JSON.stringify([workspace, messageId]);
