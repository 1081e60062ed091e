import { createHash } from 'node:crypto';
import { z } from 'zod';
import { CursorInvalidError } from '../domain/errors.ts';
import type { TokenSealer } from '../domain/sealed-token.ts';
import { comparePositions, type LogBounds, type Position } from '../store/store.ts';

/** What a caller subscribed to. Its cursors are good for exactly this and nothing else. */
export interface SubscriptionAsk {
  /** The root field: `messageStatusChanged`. */
  readonly name: string;
  readonly workspace: string;
  /** The arguments without `after`, normalised: the same question always looks the same. */
  readonly args: Readonly<Record<string, unknown>>;
}

/** Where a subscriber stands in the log. */
export interface EventCursor {
  readonly position: Position;
  readonly epoch: string;
  /** What the subscriber was last told, as far as the log alone does not tell; `''` when there is nothing to add. */
  readonly memo: string;
}

// Changes with the meaning of the members. The sealer's purpose keeps other kinds of tokens out.
const VERSION = 1;
const HASH_LENGTH = 22; // 132 bits in base64url
const cursorShape = z.tuple([
  z.literal(VERSION),
  z.string().regex(/^\d+-\d+$/),
  z.string(),
  z.string(),
  z.string(),
]);

/** Names an ask in a few characters: to bind cursors to it, and to share what is the same for all who ask it. */
export const hashAsk = ({ name, workspace, args }: SubscriptionAsk): string =>
  createHash('sha256')
    .update(JSON.stringify([name, workspace, sortKeys(args)]))
    .digest('base64url')
    .slice(0, HASH_LENGTH);

const sortKeys = (args: Readonly<Record<string, unknown>>): readonly (readonly [string, unknown])[] =>
  Object.entries(args).sort(([left], [right]) => (left < right ? -1 : 1));

/** @param askHash of `hashAsk`: hashing once a subscription is enough */
export const sealEventCursor = (sealer: TokenSealer, askHash: string, cursor: EventCursor): string =>
  sealer.seal([VERSION, cursor.position, cursor.epoch, askHash, cursor.memo]);

/** @throws CursorInvalidError when it was edited, is of another gateway, workspace or subscription, or of other arguments */
export function openEventCursor(token: string, sealer: TokenSealer, askHash: string): EventCursor {
  const { askHash: sealedFor, ...cursor } = readToken(token, sealer);
  if (sealedFor !== askHash)
    throw new CursorInvalidError(
      'The cursor in `after` belongs to another subscription, other arguments or another workspace. ' +
        'Use it with exactly the arguments it was given for, or leave `after` out.',
    );
  return cursor;
}

function readToken(token: string, sealer: TokenSealer): EventCursor & { readonly askHash: string } {
  const payload = cursorShape.safeParse(sealer.open(token));
  if (!payload.success)
    throw new CursorInvalidError(
      'The cursor in `after` was not made by this gateway, or was changed on the way. ' +
        'Pass the `cursor` of an event unchanged, or leave `after` out.',
    );
  const [, position, epoch, askHash, memo] = payload.data;
  return { position, epoch, askHash, memo };
}

/** Why the log no longer holds everything that happened after the cursor; null when it does. */
export function whyExpired({ position, epoch }: EventCursor, bounds: LogBounds): string | null {
  if (epoch !== bounds.epoch) return 'The cursor in `after` points into a log that was started anew since.';
  if (comparePositions(position, bounds.trimmedUpTo) < 0)
    return 'The cursor in `after` is older than the reports that are still kept, so that some after it may be gone.';
  if (comparePositions(position, endOf(bounds)) > 0)
    return 'The cursor in `after` is ahead of the log, which was put back to an earlier state.';
  return null;
}

/** Where the log ends, also when all of it was trimmed away. */
export function endOf({ newest, trimmedUpTo }: LogBounds): Position {
  return comparePositions(newest, trimmedUpTo) > 0 ? newest : trimmedUpTo;
}
