import type { DeliveryReport } from '../domain/delivery-report.ts';
import type { Batches, SendLedger } from './send-ledger.ts';

/**
 * Durable state behind one narrow interface, so that one machine needs no server (embedded LMDB) and many share one
 * (Redis Streams). A promise that resolves means: on disk. Any method rejects with StoreUnavailableError when the
 * engine cannot answer in time; nothing is retried inside.
 */
export interface Store {
  readonly log: EventLog;
  readonly sends: SendLedger;
  readonly batches: Batches;
  readonly watches: WatchList;
  readonly leases: Leases;
  readonly counters: Counters;
  readonly deadLetters: DeadLetters;
  /** Keeps a value under a name for good, unless one is kept there already; returns the one that is kept. */
  keep(name: string, value: string): Promise<string>;
  /** Resolves when the engine takes writes; rejects with StoreUnavailableError, whose sentence names the cause. */
  ping(): Promise<void>;
  /** What a person must know though the store does its work; null when there is nothing. */
  warning?(): string | null;
  /** The clock of the server that keeps the data (ms since epoch), as measured last; null before. None for a store in this process. */
  clockMs?(): number | null;
  close(): Promise<void>;
}

export { StoreUnavailableError, TooFewReplicasError } from './store-errors.ts';

// ── Event log ───────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * A place in the log, `{milliseconds}-{sequence}`, growing. Compare with `comparePositions`, never as text.
 * `BEFORE_ALL` is before every entry.
 */
export type Position = string;
export const BEFORE_ALL: Position = '0-0';

export function comparePositions(left: Position, right: Position): number {
  const [leftMs = '0', leftSequence = '0'] = left.split('-');
  const [rightMs = '0', rightSequence = '0'] = right.split('-');
  return Number(leftMs) - Number(rightMs) || Number(leftSequence) - Number(rightSequence);
}

export interface LogEntry {
  readonly position: Position;
  readonly workspace: string;
  readonly report: DeliveryReport;
}

export interface AppendResult {
  /** The position of this report; of the earlier one when it is a duplicate. */
  readonly position: Position;
  readonly isDuplicate: boolean;
}

export interface LogBounds {
  /** Changes when the log starts anew (another folder, a flushed Redis): positions of another epoch mean nothing. */
  readonly epoch: string;
  /** Position up to which entries were trimmed: a reader after an older position has lost some. `BEFORE_ALL` if none was. */
  readonly trimmedUpTo: Position;
  /** Position of the newest entry that ever was, also when it is trimmed since; `BEFORE_ALL` when there was none. */
  readonly newest: Position;
}

export interface EventLog {
  /** Dedupe and append in one atomic step, durable when it resolves. Same workspace + message + identity: a duplicate. */
  append(workspace: string, report: DeliveryReport): Promise<AppendResult>;
  /** Entries after a position, oldest first, at most `limit`. */
  read(after: Position, limit: number): Promise<readonly LogEntry[]>;
  /** All entries of the given messages still held, oldest first per message; index by message id. */
  readMessages(
    workspace: string,
    messageIds: readonly string[],
  ): Promise<ReadonlyMap<string, readonly LogEntry[]>>;
  /**
   * Follows the log from a position, in order, without a gap, until the signal aborts; across outages of the engine it
   * waits and goes on where it was. `onEntries` is called with one batch at a time, and awaited before the next is read. `onStateChange` tells when the
   * follower loses and regains the engine.
   */
  tail(
    after: Position,
    onEntries: (entries: readonly LogEntry[]) => void | Promise<void>,
    options: { readonly signal: AbortSignal; readonly onStateChange?: (isConnected: boolean) => void },
  ): Promise<void>;
  bounds(): Promise<LogBounds>;
  /** Forgets entries older than the instant (ms since epoch); approximate, never newer ones. Returns how many. */
  trim(olderThanMs: number): Promise<number>;
}

// ── Watch list ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** A message whose final status is awaited: sent through this gateway or being followed. */
export interface Watch {
  readonly workspace: string;
  readonly messageId: string;
  /** When it was sent (ms since epoch), as far as known: the day of the history to look in. */
  readonly sentAtMs: number;
  /** When to ask for it next (ms since epoch). */
  readonly dueAtMs: number;
  /** How often it was asked for. */
  readonly attempts: number;
}

export interface WatchList {
  /** Adds watches; one that is there already keeps its schedule. */
  add(watches: readonly Watch[]): Promise<void>;
  /** Watches due at the instant, most overdue first. */
  due(nowMs: number, limit: number): Promise<readonly Watch[]>;
  reschedule(watches: readonly Watch[]): Promise<void>;
  remove(workspace: string, messageIds: readonly string[]): Promise<void>;
  size(): Promise<number>;
}

// ── Leases and counters ─────────────────────────────────────────────────────────────────────────────────────────────

export interface Leases {
  /** True when `owner` holds the named lease until now + ttlMs: it was free, expired, or its own already. */
  acquire(name: string, owner: string, ttlMs: number): Promise<boolean>;
  release(name: string, owner: string): Promise<void>;
  /** Whether anybody holds it now. */
  isHeld(name: string): Promise<boolean>;
}

/** One limit to count against: fixed windows, aligned to the epoch. */
export interface CounterCharge {
  readonly key: string;
  readonly windowMs: number;
  readonly limit: number;
  /** A whole number; money is counted in millionths. */
  readonly amount: number;
}

export interface Counters {
  /**
   * Charges all or none, atomically. Refused: the indexes of the charges that would pass their limit, with the
   * milliseconds until their window ends.
   */
  charge(
    charges: readonly CounterCharge[],
    nowMs: number,
  ): Promise<
    | { readonly isCharged: true }
    | {
        readonly isCharged: false;
        readonly exceeded: readonly { readonly index: number; readonly retryAfterMs: number }[];
      }
  >;
  /** Gives back what a charge took, for sends that certainly did not happen. */
  refund(charges: readonly CounterCharge[], nowMs: number): Promise<void>;
}

// ── Dead letters ────────────────────────────────────────────────────────────────────────────────────────────────────

/** A webhook with a valid signature that could not be read: a retry cannot mend it, a person may. */
export interface DeadLetter {
  readonly workspace: string;
  readonly receivedAtMs: number;
  /** What is wrong with it, in words that repeat nothing of it. */
  readonly reason: string;
  readonly body: string;
}

/** How many are kept at most; the oldest make room. */
export const MAX_DEAD_LETTERS = 500;

export interface DeadLetters {
  /** Durable when it resolves. */
  add(letter: DeadLetter): Promise<void>;
  /** The newest first. */
  list(limit: number): Promise<readonly DeadLetter[]>;
}
