import { setTimeout as delay } from 'node:timers/promises';
import type { Instant } from '../domain/message.ts';
import type { Logger } from '../logger.ts';
import type { EventLog, LogBounds, LogEntry, Position } from '../store/store.ts';
import { endOf } from './event-cursor.ts';
import { oldestAvailable } from './resume-position.ts';

const RETRY_MS = 500;
const DEFAULT_EPOCH_CHECK_MS = 10_000;

/** The one reader of the log in a process. */
export interface LogReader {
  readonly epoch: string;
  readonly isConnected: boolean;
  close(): Promise<void>;
}

export interface LogReaderOptions {
  readonly log: EventLog;
  readonly logger: Logger;
  /** Starts at the end of the log as it was here. */
  readonly from: LogBounds;
  /** Awaited before more is read, where the engine can wait. */
  readonly onEntries: (entries: readonly LogEntry[]) => Promise<void>;
  /** The log was started anew: what was read before means nothing any more. `oldest` is what it holds by now. */
  readonly onNewEpoch: (position: Position, oldest: Instant) => void;
  /** How often to look whether somebody emptied the log although the engine was never away. @default 10 seconds */
  readonly epochCheckMs?: number;
}

export function startLogReader(options: LogReaderOptions): LogReader {
  const { log, logger, onEntries, onNewEpoch, epochCheckMs = DEFAULT_EPOCH_CHECK_MS } = options;
  const closing = new AbortController();
  let epoch = options.from.epoch;
  let position = endOf(options.from);
  let isConnected = true;
  let handedOn = Promise.resolve();

  /** Follows until the engine was lost and is back, or the reader is closed. */
  async function followOnce(): Promise<void> {
    const round = new AbortController();
    const signal = AbortSignal.any([closing.signal, round.signal]);
    const takeEntries = (entries: readonly LogEntry[]) => {
      position = entries.at(-1)?.position ?? position;
      handedOn = onEntries(entries);
      return handedOn;
    };
    const onStateChange = (isUp: boolean) => {
      // Back after an outage: whether it is the same log is to be seen before anything of it is read.
      if (isUp && !isConnected) round.abort();
      else isConnected = isUp;
    };
    const watch = setInterval(() => void abortOnNewEpoch(round), epochCheckMs).unref();
    await log.tail(position, takeEntries, { signal, onStateChange }).finally(() => clearInterval(watch));
    if (!signal.aborted) throw new Error('The log ended its tail unasked.');
  }

  async function abortOnNewEpoch(round: AbortController): Promise<void> {
    const bounds = await log.bounds().catch(() => null); // of an outage the tail knows
    if (bounds !== null && bounds.epoch !== epoch) round.abort();
  }

  async function checkEpoch(): Promise<void> {
    await handedOn;
    const bounds = await log.bounds();
    isConnected = true;
    if (bounds.epoch === epoch) return;
    const oldest = await oldestAvailable(log, bounds);
    epoch = bounds.epoch;
    position = endOf(bounds);
    onNewEpoch(position, oldest);
  }

  async function follow(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        await followOnce();
        if (closing.signal.aborted) return;
        await checkEpoch();
      } catch (error) {
        if (closing.signal.aborted) return;
        isConnected = false;
        logger.warn({ err: error }, 'The reader of the log stopped; it goes on where it was');
        await delay(RETRY_MS, undefined, { signal: closing.signal }).catch(() => undefined);
      }
    }
  }

  const following = follow();
  return {
    get epoch() {
      return epoch;
    },
    get isConnected() {
      return isConnected;
    },
    async close() {
      closing.abort();
      await following;
    },
  };
}
