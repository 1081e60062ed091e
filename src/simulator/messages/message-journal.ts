import { DAY_MS } from '../formats/timestamps.ts';
import { bisect } from '../time/bisect.ts';
import type { MessageRecord } from './message-record.ts';
import { isFinalStatus } from './message-status.ts';

/** The messages of one workspace, oldest first, so that a range of days is found by bisection. */
export interface MessageJournal {
  /** Sent over the API. */
  readonly api: readonly MessageRecord[];
  /** Sent over the API and by campaigns. */
  readonly all: readonly MessageRecord[];
  /** Messages of the API without a final status. */
  readonly open: ReadonlySet<MessageRecord>;
  /** Must not be older than the newest one. */
  append(record: MessageRecord): void;
  find(messageId: string): MessageRecord | undefined;
  /** To be told after a record's status changed. */
  noteStatus(record: MessageRecord): void;
  nextId(): number;
}

/** What a journal forgets. */
export interface JournalRetention {
  readonly maxMessages: number;
  readonly maxAgeMs: number;
}

/** Sandbox keys: the last 500 messages of 24 hours. */
export const SANDBOX_RETENTION: JournalRetention = { maxMessages: 500, maxAgeMs: DAY_MS };

const FIRST_ID = 1001;

/** @param now tells the hour, for what is forgotten by age */
export function createMessageJournal(
  now: () => number,
  retention: JournalRetention | null = null,
): MessageJournal {
  const api: MessageRecord[] = [];
  const all: MessageRecord[] = [];
  const byMessageId = new Map<string, MessageRecord>();
  const open = new Set<MessageRecord>();
  let lastId = FIRST_ID - 1;

  const noteStatus = (record: MessageRecord) => {
    if (isFinalStatus(record.status)) open.delete(record);
    else open.add(record);
  };

  function forgetOldest(count: number): void {
    all.splice(0, count);
    for (const record of api.splice(0, count)) {
      byMessageId.delete(record.messageId);
      open.delete(record);
    }
  }

  function prune(): void {
    if (retention === null) return;
    const oldestAllowedMs = now() - retention.maxAgeMs;
    const tooOld = lowerBound(api, oldestAllowedMs);
    const tooMany = api.length - retention.maxMessages;
    const excess = Math.max(tooOld, tooMany);
    if (excess > 0) forgetOldest(excess);
  }

  return {
    get api() {
      prune();
      return api;
    },
    get all() {
      prune();
      return all;
    },
    open,
    noteStatus,
    append(record) {
      all.push(record);
      if (record.source === 'api') {
        api.push(record);
        byMessageId.set(record.messageId, record);
        noteStatus(record);
      }
      prune();
    },
    find(messageId) {
      prune();
      return byMessageId.get(messageId);
    },
    nextId() {
      lastId += 1;
      return lastId;
    },
  };
}

/** Index of the first record made at the instant or later. */
export const lowerBound = (records: readonly MessageRecord[], instantMs: number): number =>
  bisect(records, ({ createdAtMs }) => createdAtMs >= instantMs);
