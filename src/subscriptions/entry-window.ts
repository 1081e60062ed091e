import { comparePositions, type LogEntry, type Position } from '../store/store.ts';

/** The newest entries that a hub handed out, without a gap: who missed a moment needs no look into the log. */
export interface EntryWindow {
  add(entry: LogEntry): void;
  /** Entries after the position, oldest first, at most `limit`; null when not all of them are held. */
  readAfter(after: Position, limit: number): readonly LogEntry[] | null;
}

/** Ten seconds at 200 reports a second. Few: all that was built from them stays too. */
const MAX_HELD = 2048;

/** @param from where the hub begins: nothing before it is held */
export function createEntryWindow(from: Position, maxHeld = MAX_HELD): EntryWindow {
  let entries: LogEntry[] = [];
  let heldAfter = from;

  /** Half at a time, so that not every entry moves all others. */
  function dropOldest(): void {
    const dropped = entries.length - Math.ceil(maxHeld / 2);
    heldAfter = entries[dropped - 1]?.position ?? heldAfter;
    entries = entries.slice(dropped);
  }

  /** Index of the first entry after the position. */
  function indexAfter(position: Position): number {
    let low = 0;
    let high = entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const isBehind = comparePositions(entries[middle]?.position ?? position, position) <= 0;
      if (isBehind) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  return {
    add(entry) {
      entries.push(entry);
      if (entries.length > maxHeld) dropOldest();
    },
    readAfter(after, limit) {
      if (comparePositions(after, heldAfter) < 0) return null;
      const first = indexAfter(after);
      return entries.slice(first, first + limit);
    },
  };
}
