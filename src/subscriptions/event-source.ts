import { SlowConsumerError } from '../domain/errors.ts';
import type { LogEntry } from '../store/store.ts';
import type { HubSubscription } from './hub.ts';

/** A stream of events to one subscriber. `return()` ends it at once, also while a `next()` is waiting. */
export interface EventSource<Event> extends AsyncIterableIterator<Event> {
  return(): Promise<IteratorResult<Event>>;
}

export interface EventSourceOptions<Event extends { readonly cursor: string }> {
  readonly subscription: HubSubscription;
  /** Events that come before those of the subscription. */
  readonly opening: readonly Event[];
  /** The event an entry makes; null for none. */
  readonly toEvent: (entry: LogEntry) => Event | null;
  /** Asked before each wait: true ends the source. */
  readonly isComplete: () => boolean;
  /** Ends the source when it aborts. */
  readonly signal: AbortSignal;
}

export function createEventSource<Event extends { readonly cursor: string }>(
  options: EventSourceOptions<Event>,
): EventSource<Event> {
  const { subscription, toEvent, isComplete, signal } = options;
  const opening = [...options.opening];
  let lastCursor: string | null = null;

  async function end(): Promise<IteratorResult<Event>> {
    signal.removeEventListener('abort', end);
    opening.length = 0;
    await subscription.return();
    return { done: true, value: undefined };
  }

  if (signal.aborted) void end();
  else signal.addEventListener('abort', end, { once: true });

  return {
    // One await an event: this runs for every event of every subscriber.
    async next() {
      try {
        let event = opening.shift() ?? null;
        while (event === null && !isComplete()) {
          const { done, value } = await subscription.next();
          if (done === true) break;
          event = toEvent(value);
        }
        if (event === null) return await end();
        lastCursor = event.cursor;
        return { done: false, value: event };
      } catch (error) {
        await end();
        throw error instanceof SlowConsumerError ? new SlowConsumerError(error.message, lastCursor) : error;
      }
    },
    return: end,
    async throw(error) {
      await end();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
