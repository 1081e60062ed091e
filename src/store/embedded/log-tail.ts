import { setImmediate as letOthersRun } from 'node:timers/promises';
import type { LogEntry, Position } from '../store.ts';
import type { Bell } from './bell.ts';

const BATCH = 500;

export interface TailSource {
  readonly readAfter: (after: Position, limit: number) => Promise<readonly LogEntry[]>;
  /** Rings after every commit that added an entry. */
  readonly appended: Bell;
  readonly onEntries: (entries: readonly LogEntry[]) => void | Promise<void>;
}

/** Reads on until nothing is left, then waits for the next commit: no polling, no gap. */
export async function tailLog(source: TailSource, from: Position, signal: AbortSignal): Promise<void> {
  const { appended } = source;
  signal.addEventListener('abort', appended.ring, { once: true });
  let after = from;
  while (!signal.aborted) {
    // Taken before the read: a commit between the two is not missed.
    const { nextRing } = appended;
    const entries = await source.readAfter(after, BATCH);
    if (signal.aborted) return;
    const newest = entries.at(-1);
    if (newest === undefined) {
      await nextRing;
    } else {
      after = newest.position;
      await source.onEntries(entries);
      // A long backlog is read from memory: without a pause nothing else would get its turn.
      if (entries.length === BATCH) await letOthersRun();
    }
  }
}
