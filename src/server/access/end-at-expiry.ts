import type { Clock } from '../../domain/clock.ts';
import { callAt } from './call-at.ts';

export interface Expiry {
  /** When the caller's token ends; null when it never does. */
  readonly expiresAtMs: number | null;
  readonly clock: Clock;
  /** What the stream is ended with. */
  readonly createError: () => Error;
}

/** The events for as long as the caller's token holds: after that nothing more is told, and `next` fails once. */
export function endAtExpiry<Event>(
  events: AsyncIterableIterator<Event>,
  { expiresAtMs, clock, createError }: Expiry,
): AsyncIterableIterator<Event> {
  if (expiresAtMs === null) return events;
  const ended = { value: undefined, done: true as const };
  let hasExpired = false;
  const cancel = callAt(expiresAtMs, clock, () => {
    hasExpired = true;
    void events.return?.(); // a `next` that waits ends with it
  });
  return {
    async next() {
      const step = await events.next();
      if (hasExpired) throw createError();
      if (step.done) cancel();
      return step;
    },
    async return() {
      cancel();
      await events.return?.();
      return ended;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
