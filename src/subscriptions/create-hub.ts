import { SlowConsumerError } from '../domain/errors.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import { comparePositions, type EventLog, type LogEntry, type Position } from '../store/store.ts';
import { createCatchUp, type LiveSide } from './catch-up.ts';
import { createDerivedValues } from './derived-values.ts';
import { createEntryWindow } from './entry-window.ts';
import { endOf } from './event-cursor.ts';
import type { Hub, HubInterest, HubSubscription } from './hub.ts';
import { startLogReader } from './log-reader.ts';
import { createPacedDispatch } from './paced-dispatch.ts';
import { createRecentEntries } from './recent-entries.ts';
import { createCursorExpired } from './resume-position.ts';
import { createSubscriber, type Subscriber } from './subscriber.ts';
import { createSubscriberIndex } from './subscriber-index.ts';

export interface HubOptions {
  readonly log: EventLog;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'hubSubscribers' | 'slowConsumers'>;
  /** Live entries kept for each subscriber that is busy. @default 256 */
  readonly queueLimit?: number;
  /** How often to look whether the log was emptied. @default 10 seconds */
  readonly epochCheckMs?: number;
}

const NEW_EPOCH = 'The log was started anew, so that events may be missing.';
const DEFAULT_QUEUE_LIMIT = 256;
/** A batch fills at most a quarter of a queue before its subscriber gets a turn. */
const PORTIONS_PER_QUEUE = 4;

/**
 * Starts the one reader of the log in this process, and fans out what it reads.
 *
 * @throws StoreUnavailableError when the log cannot be reached at the start; later outages are waited out
 */
export async function createHub(options: HubOptions): Promise<Hub> {
  const { log, logger, metrics, queueLimit = DEFAULT_QUEUE_LIMIT } = options;
  const index = createSubscriberIndex();
  let share = createRecentEntries();
  const subscribers = new Set<Subscriber>();
  const listeners = new Set<(entry: LogEntry) => void>();
  const from = await log.bounds();
  let position = endOf(from);
  let recent = createEntryWindow(position);
  let isClosed = false;

  const tellListener = (listener: (entry: LogEntry) => void, entry: LogEntry) => {
    try {
      listener(entry);
    } catch (error) {
      logger.error({ err: error }, 'A listener of the hub failed');
    }
  };
  const dispatch = (read: LogEntry) => {
    const entry = share(read);
    position = entry.position;
    recent.add(entry);
    for (const listener of listeners) tellListener(listener, entry);
    index.offer(entry);
  };
  const endAll = (createError: () => Error | null) => {
    for (const subscriber of [...subscribers]) subscriber.end(createError());
  };

  const reader = startLogReader({
    log,
    logger,
    from,
    ...(options.epochCheckMs !== undefined && { epochCheckMs: options.epochCheckMs }),
    onEntries: createPacedDispatch(dispatch, Math.ceil(queueLimit / PORTIONS_PER_QUEUE)),
    onNewEpoch(newPosition, oldest) {
      position = newPosition;
      share = createRecentEntries();
      recent = createEntryWindow(position);
      endAll(() => createCursorExpired(NEW_EPOCH, oldest));
    },
  });

  function subscribe(interest: HubInterest, after: Position | null): HubSubscription {
    const start = after ?? position;
    const live: LiveSide = {
      get position() {
        return position;
      },
      get isEnded() {
        return subscriber.isEnded;
      },
      join(joinedAt) {
        if (subscriber.isEnded) return;
        subscriber.skipUpTo(joinedAt);
        index.add(interest, subscriber);
      },
    };
    const isBehind = comparePositions(start, position) < 0;
    const subscriber = createSubscriber({
      queueLimit,
      catchUp: isBehind ? createCatchUp({ log, recent, share, interest, after: start, live }) : null,
      onEnd(error) {
        index.remove(interest, subscriber);
        if (subscribers.delete(subscriber)) metrics.hubSubscribers.dec();
        if (error instanceof SlowConsumerError) metrics.slowConsumers.inc({});
      },
    });
    subscribers.add(subscriber);
    metrics.hubSubscribers.inc();
    if (isClosed) subscriber.end(null);
    else if (!isBehind) live.join(start);
    return subscriber;
  }

  return {
    get position() {
      return position;
    },
    get epoch() {
      return reader.epoch;
    },
    get isConnected() {
      return reader.isConnected;
    },
    get subscriberCount() {
      return subscribers.size;
    },
    subscribe,
    onEntry(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    derive: createDerivedValues(),
    async close() {
      isClosed = true;
      endAll(() => null);
      await reader.close();
    },
  };
}
