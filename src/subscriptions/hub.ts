import type { LogEntry, Position } from '../store/store.ts';

/** What a subscriber hears: its workspace's reports, or only those of some messages. */
export interface HubInterest {
  readonly workspace: string;
  /** Null: every message of the workspace. */
  readonly messageIds: ReadonlySet<string> | null;
}

/**
 * A subscriber's own bounded queue. Iterates the entries after the position it was opened at: first from the log, then
 * live, without a gap and in order. Throws SlowConsumerError when it fell more than its bound behind while live.
 */
export interface HubSubscription extends AsyncIterableIterator<LogEntry> {
  /** Ends at once, also while parked in `next()`. */
  return(): Promise<IteratorResult<LogEntry>>;
}

/** Fans the log out to the subscribers of this process: one reader, many bounded queues. */
export interface Hub {
  /** Position up to which this process has read the log. */
  readonly position: Position;
  /** Epoch of the log being read. */
  readonly epoch: string;
  readonly isConnected: boolean;
  readonly subscriberCount: number;
  /** Subscribes after a position; `null` is from now. */
  subscribe(interest: HubInterest, after: Position | null): HubSubscription;
  /** Hears every entry once, in order, before the subscribers do: the read cache follows reports this way. */
  onEntry(listener: (entry: LogEntry) => void): () => void;
  /**
   * A value made from an entry, built once however many subscribers ask for it under the same key: an event with its
   * sealed cursor, its encoded frame. The key must tell everything the value depends on besides the entry, and its kind.
   */
  derive<Value>(entry: LogEntry, key: string, build: () => Value): Value;
  /** Stops the reader and ends every subscription. */
  close(): Promise<void>;
}
