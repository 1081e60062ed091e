import { SlowConsumerError } from '../domain/errors.ts';
import { comparePositions, type LogEntry, type Position } from '../store/store.ts';
import type { HubSubscription } from './hub.ts';

/** The hub's side of a subscription. */
export interface Subscriber extends HubSubscription {
  readonly isEnded: boolean;
  /** A live entry. Ignored when the log gave it already. */
  offer(entry: LogEntry): void;
  /** Live entries up to here are known from the log. */
  skipUpTo(position: Position): void;
  /** Ends with the error, or without one; what is still queued is dropped. */
  end(error: Error | null): void;
}

export interface SubscriberOptions {
  /** Live entries kept for a subscriber that is busy. */
  readonly queueLimit: number;
  /** The next entries of the log, as long as there are some to catch up on; `isLast` when live entries follow on them. */
  readonly catchUp: (() => Promise<CaughtUp>) | null;
  readonly onEnd: (error: Error | null) => void;
}

export interface CaughtUp {
  readonly entries: readonly LogEntry[];
  readonly isLast: boolean;
}

type Result = IteratorResult<LogEntry>;

/** A call of `next()` that waits. */
interface Waiting {
  resolve(result: Result): void;
  reject(reason: Error): void;
}

const DONE: Result = { done: true, value: undefined };

/** One bounded queue and the calls of `next()` that wait on it. */
export function createSubscriber({ queueLimit, catchUp, onEnd }: SubscriberOptions): Subscriber {
  const waiting: Waiting[] = [];
  let replayed: LogEntry[] = [];
  let live: LogEntry[] = [];
  let readMore = catchUp;
  let isReading = false;
  let isEnded = false;
  let error: Error | null = null;
  let skippedUpTo: Position | null = null;

  /** Positions grow: after the first one beyond, none has to be compared any more. */
  function isSkipped({ position }: LogEntry): boolean {
    if (skippedUpTo === null) return false;
    if (comparePositions(position, skippedUpTo) <= 0) return true;
    skippedUpTo = null;
    return false;
  }

  const takeEntry = () => replayed.shift() ?? (readMore === null ? live.shift() : undefined);

  function serve(): void {
    while (waiting.length > 0) {
      const entry = takeEntry();
      if (entry === undefined) break;
      waiting.shift()?.resolve({ done: false, value: entry });
    }
    if (waiting.length > 0 && readMore !== null && !isReading) void read(readMore);
  }

  async function read(readNext: () => Promise<CaughtUp>): Promise<void> {
    isReading = true;
    try {
      const { entries, isLast } = await readNext();
      if (isEnded) return;
      replayed = [...entries];
      if (isLast) readMore = null;
    } catch (reason) {
      end(reason instanceof Error ? reason : new Error(String(reason)));
    } finally {
      isReading = false;
    }
    serve();
  }

  function end(reason: Error | null): void {
    if (isEnded) return;
    isEnded = true;
    error = reason;
    replayed = [];
    live = [];
    readMore = null;
    onEnd(reason);
    for (const call of waiting.splice(0)) settleEnded(call);
  }

  function settleEnded(call: Waiting): void {
    const reason = error;
    error = null;
    if (reason === null) call.resolve(DONE);
    else call.reject(reason);
  }

  return {
    get isEnded() {
      return isEnded;
    },
    offer(entry) {
      if (isEnded || isSkipped(entry)) return;
      if (live.length >= queueLimit) return end(createSlowConsumerError(queueLimit));
      live.push(entry);
      serve();
    },
    skipUpTo(position) {
      skippedUpTo = position;
    },
    end,
    next() {
      const entry = waiting.length === 0 ? takeEntry() : undefined;
      if (entry !== undefined) return Promise.resolve({ done: false, value: entry });
      return new Promise((resolve, reject) => {
        if (isEnded) return settleEnded({ resolve, reject });
        waiting.push({ resolve, reject });
        serve();
      });
    },
    async return() {
      end(null);
      error = null; // who leaves wants to hear of nothing any more
      return DONE;
    },
    async throw(reason) {
      end(null);
      error = null;
      throw reason;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

const createSlowConsumerError = (queueLimit: number): SlowConsumerError =>
  new SlowConsumerError(
    `This subscription fell more than ${queueLimit} events behind and was ended. Subscribe again with \`after\` set to the last cursor received.`,
    null,
  );
