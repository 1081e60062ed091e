import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import {
  comparePositions,
  type EventLog,
  type LogEntry,
  type Position,
  StoreUnavailableError,
} from '../store/store.ts';
import type { EntryWindow } from './entry-window.ts';
import type { HubInterest } from './hub.ts';
import { refuseExpired } from './resume-position.ts';
import type { CaughtUp } from './subscriber.ts';

const BATCH = 256;
const RETRY_MS = 250;
const TOO_SLOW = 'The log was trimmed faster than this subscription read it, so that events are missing.';

/** The live side of a subscription, as its catch-up sees it. */
export interface LiveSide {
  /** Up to where the hub has handed out entries. */
  readonly position: Position;
  readonly isEnded: boolean;
  /** From now on the subscriber gets live entries, those after the position. */
  join(after: Position): void;
}

export interface CatchUpOptions {
  readonly log: EventLog;
  /** What the hub has handed out lately: read instead of the log as far as it goes. */
  readonly recent: Pick<EntryWindow, 'readAfter'>;
  /** The object that stands for an entry, whoever read it. */
  readonly share: (entry: LogEntry) => LogEntry;
  readonly interest: HubInterest;
  readonly after: Position;
  readonly live: LiveSide;
}

/** Reads what a subscriber missed, at its own pace, and joins it to the live entries without a gap. */
export const createCatchUp = (options: CatchUpOptions): (() => Promise<CaughtUp>) =>
  options.interest.messageIds === null
    ? createFeedCatchUp(options)
    : createMessagesCatchUp(options, options.interest.messageIds);

/** Batch by batch; it joins when everything the hub has handed out so far was read. */
function createFeedCatchUp(options: CatchUpOptions): () => Promise<CaughtUp> {
  const { log, recent, share, interest, after, live } = options;
  let position = after;

  return async () => {
    for (;;) {
      // A turn of the event loop between batches: a long way back must not hold up everybody else.
      await nextTurn();
      const batch =
        recent.readAfter(position, BATCH) ??
        (await readPatiently(() => readUntrimmed(log, position, () => log.read(position, BATCH)), live)).map(
          share,
        );
      position = batch.at(-1)?.position ?? position;
      const isLast = comparePositions(position, live.position) >= 0;
      if (isLast) live.join(position);
      const entries = batch.filter((entry) => entry.workspace === interest.workspace);
      if (isLast || entries.length > 0) return { entries, isLast };
    }
  };
}

/** @throws CursorExpiredError when something after the position was trimmed */
async function readUntrimmed<Entries extends Collection>(
  log: EventLog,
  after: Position,
  read: () => Promise<Entries>,
): Promise<Entries> {
  const entries = await read();
  // Asked after the read: what was trimmed before it is told.
  await refuseExpired(log, ({ trimmedUpTo }) => (comparePositions(after, trimmedUpTo) < 0 ? TOO_SLOW : null));
  return entries;
}

/** Timelines of single messages are short: it joins first, and reads their past in one step. */
function createMessagesCatchUp(
  { log, share, interest, after, live }: CatchUpOptions,
  messageIds: ReadonlySet<string>,
): () => Promise<CaughtUp> {
  return async () => {
    const upTo = live.position;
    live.join(upTo);
    const readTimelines = () => log.readMessages(interest.workspace, [...messageIds]);
    const timelines = await readPatiently(() => readUntrimmed(log, after, readTimelines), live);
    const entries = [...timelines.values()]
      .flat()
      .filter(
        ({ position }) => comparePositions(position, after) > 0 && comparePositions(position, upTo) <= 0,
      )
      .sort((left, right) => comparePositions(left.position, right.position))
      .map(share);
    return { entries, isLast: true };
  };
}

type Collection = readonly LogEntry[] | ReadonlyMap<string, readonly LogEntry[]>;

/** Waits out an engine that is away, as the live subscribers do. */
async function readPatiently<Entries extends Collection>(
  read: () => Promise<Entries>,
  live: LiveSide,
): Promise<Entries> {
  for (;;) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof StoreUnavailableError) || live.isEnded) throw error;
      await delay(RETRY_MS, undefined, { ref: false });
    }
  }
}
