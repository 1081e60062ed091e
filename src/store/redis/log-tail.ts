import { setTimeout as pause } from 'node:timers/promises';
import type { EventLog, LogEntry, Position } from '../store.ts';
import { pauseMs } from './client.ts';
import type { Connection } from './connection.ts';
import { type LogReader, type LogReaderOptions, openLogReader } from './log-reader.ts';

export interface LogTail {
  readonly follow: EventLog['tail'];
  /** Every tail loses its connection and looks anew where the log is. */
  reopen(): void;
}

export interface LogTailOptions extends LogReaderOptions {
  readonly connection: Pick<Connection, 'runId' | 'onRenewed' | 'renew'>;
  /** Ends every tail. */
  readonly closing: AbortSignal;
}

/** A name that leads to two primaries in turn must not make the commands change sides without end. */
const RENEW_EVERY_MS = 10_000;

/**
 * Follows the stream over a connection of its own; a lost connection is replaced, and read on from the last entry.
 * It reads the server that the commands go to: the primary of before, which nobody writes to any more, would be silent
 * without a word.
 */
export function createLogTail(options: LogTailOptions): LogTail {
  const { connection, closing } = options;
  const open = new Map<AbortController, LogReader>();
  let renewedAtMs = Number.NEGATIVE_INFINITY;

  connection.onRenewed(() => {
    for (const [life, { runId }] of open) if (runId === null || runId !== connection.runId) life.abort();
  });

  const openReader = async (life: AbortController, ending: AbortSignal): Promise<LogReader> => {
    const reader = await openLogReader(options, AbortSignal.any([ending, life.signal]));
    open.set(life, reader);
    const isApart = reader.runId !== null && connection.runId !== null && reader.runId !== connection.runId;
    // The newer connection knows better where the name leads.
    if (isApart && performance.now() - renewedAtMs > RENEW_EVERY_MS) {
      renewedAtMs = performance.now();
      connection.renew('Its name leads to another server now.');
    }
    return reader;
  };

  return {
    async follow(from, onEntries, { signal, onStateChange }) {
      const ending = AbortSignal.any([signal, closing]);
      let after = from;
      let failures = 0;
      while (!ending.aborted) {
        const life = new AbortController();
        const reader = await openReader(life, ending).catch(() => null);
        if (reader !== null) {
          failures = 0;
          onStateChange?.(true);
          after = await followUntilLost(reader, after, { ending, onEntries });
        }
        open.delete(life);
        if (ending.aborted) return;
        // Told once an outage, though every attempt comes by here.
        if (failures === 0) onStateChange?.(false);
        await pause(pauseMs(failures), undefined, { signal: ending }).catch(() => undefined);
        failures += 1;
      }
    },
    reopen() {
      for (const life of open.keys()) life.abort();
    },
  };
}

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
