import { setTimeout as pause } from 'node:timers/promises';
import type { EventLog, LogEntry, Position } from '../store.ts';
import { type ClientOptions, pauseMs } from './client.ts';
import { type LogReader, openLogReader } from './log-reader.ts';

export type LogTail = EventLog['tail'];

export interface TailOptions {
  readonly client: ClientOptions;
  readonly logKey: string;
  /** Ends every tail. */
  readonly closing: AbortSignal;
}

/** Follows the stream over a connection of its own; a lost connection is replaced, and read on from the last entry. */
export const createLogTail =
  ({ client, logKey, closing }: TailOptions): LogTail =>
  async (from, onEntries, { signal, onStateChange }) => {
    const ending = AbortSignal.any([signal, closing]);
    let after = from;
    let failures = 0;
    while (!ending.aborted) {
      const reader = await openLogReader(client, logKey, ending).catch(() => null);
      if (reader !== null) {
        failures = 0;
        onStateChange?.(true);
        after = await followUntilLost(reader, after, { ending, onEntries });
      }
      if (ending.aborted) return;
      // Told once an outage, though every attempt comes by here.
      if (failures === 0) onStateChange?.(false);
      await pause(pauseMs(failures), undefined, { signal: ending }).catch(() => undefined);
      failures += 1;
    }
  };

interface Follower {
  readonly ending: AbortSignal;
  readonly onEntries: (entries: readonly LogEntry[]) => void | Promise<void>;
}

/** @returns the position up to which entries were handed on */
async function followUntilLost(reader: LogReader, from: Position, follower: Follower): Promise<Position> {
  const { ending, onEntries } = follower;
  let after = from;
  try {
    while (!ending.aborted) {
      const entries = await reader.readAfter(after).catch(() => null);
      if (entries === null || ending.aborted) break;
      const newest = entries.at(-1);
      if (newest === undefined) continue;
      await onEntries(entries);
      after = newest.position;
    }
  } finally {
    reader.close();
  }
  return after;
}
