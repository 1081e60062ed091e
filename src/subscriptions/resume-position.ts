import { toInstant } from '../domain/clock.ts';
import { BadUserInputError, CursorExpiredError, UpstreamUnavailableError } from '../domain/errors.ts';
import type { Instant } from '../domain/message.ts';
import type { TokenSealer } from '../domain/sealed-token.ts';
import {
  BEFORE_ALL,
  comparePositions,
  type EventLog,
  type LogBounds,
  type Position,
  StoreUnavailableError,
} from '../store/store.ts';
import { endOf, openEventCursor, whyExpired } from './event-cursor.ts';

/** Where a caller wants to begin: behind a cursor, at an instant, or, with neither, now. */
export interface BeginAt {
  /** The cursor of the last event received. */
  readonly after: string | null;
  /** By the clock of the store: the time at which it took a report in is the time of its position. */
  readonly since: Instant | null;
}

export interface StartOptions extends BeginAt {
  readonly askHash: string;
  readonly sealer: TokenSealer;
  readonly log: EventLog;
}

/** A place in the past of the log. `memo` of the cursor; null when it is the place of an instant. */
export interface StartPoint {
  readonly position: Position;
  readonly memo: string | null;
}

/**
 * Where to begin; null for now.
 *
 * @throws BadUserInputError for a cursor and an instant at once, CursorInvalidError, CursorExpiredError, or
 * UpstreamUnavailableError when the log cannot be asked
 */
export async function readStartPoint(options: StartOptions): Promise<StartPoint | null> {
  const { after, since, askHash, sealer, log } = options;
  if (after !== null && since !== null)
    throw new BadUserInputError(
      'Give either `after` or `since`, not both: `after` goes on behind an event, `since` begins at an instant.',
    );
  if (after !== null) {
    const cursor = openEventCursor(after, sealer, askHash);
    await fromStore(() => refuseExpired(log, (bounds) => whyExpired(cursor, bounds)));
    return { position: cursor.position, memo: cursor.memo };
  }
  if (since === null) return null;
  const bounds = await fromStore(() => log.bounds());
  return { position: positionOf(since, bounds), memo: null };
}

/**
 * After this position lies what was taken in at the instant or later. What was trimmed is no longer asked for. An instant
 * in the future means now, because the clock of a caller may be ahead of ours: an event is sooner repeated than skipped.
 */
function positionOf(since: Instant, bounds: LogBounds): Position {
  const sinceMs = Date.parse(since);
  // The last of the millisecond before: positions count up within one.
  const before = sinceMs > 0 ? `${sinceMs - 1}-${Number.MAX_SAFE_INTEGER}` : BEFORE_ALL;
  if (comparePositions(before, bounds.trimmedUpTo) < 0) return bounds.trimmedUpTo;
  const end = endOf(bounds);
  return comparePositions(before, end) > 0 ? end : before;
}

/**
 * An instant from which on nothing is skipped that the log still holds. It is that of the oldest entry; of a log that
 * never held one the beginning of time, because only the store knows the time of its first.
 */
export async function oldestAvailable(log: Pick<EventLog, 'read'>, bounds: LogBounds): Promise<Instant> {
  const [oldest] = await log.read(bounds.trimmedUpTo, 1);
  const [ms] = (oldest?.position ?? endOf(bounds)).split('-');
  return toInstant(Number(ms));
}

/** @param why a sentence: what became of the place that the subscriber had */
export const createCursorExpired = (why: string, oldest: Instant): CursorExpiredError =>
  new CursorExpiredError(
    `${why} Subscribe again with \`since: "${oldest}"\` instead of \`after\`: nothing is skipped that is still kept.`,
    oldest,
  );

/** @throws CursorExpiredError when there is a reason */
export async function refuseExpired(
  log: EventLog,
  explain: (bounds: LogBounds) => string | null,
): Promise<void> {
  const bounds = await log.bounds();
  const why = explain(bounds);
  if (why !== null) throw createCursorExpired(why, await oldestAvailable(log, bounds));
}

async function fromStore<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    throw explainStoreOutage(error);
  }
}

/** What a caller is told when the store is away while a subscription begins. */
export const explainStoreOutage = (error: unknown): unknown =>
  error instanceof StoreUnavailableError
    ? new UpstreamUnavailableError(
        'The log of delivery reports cannot be read at the moment. Subscribe again in a few seconds, with the same arguments.',
        true,
      )
    : error;
