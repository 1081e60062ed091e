import { LRUCache } from 'lru-cache';
import type { LogEntry } from '../store/store.ts';

/** What many subscribers replay at once after they lost a replica together. Few: all that was built from them stays too. */
const MAX_RECENT = 256;

/**
 * Gives the same object for the same entry, live or read again, as long as it is recent: what was built from it (event,
 * cursor, encoded frame) then serves those who catch up as well.
 */
export function createRecentEntries(): (entry: LogEntry) => LogEntry {
  const entries = new LRUCache<string, LogEntry>({ max: MAX_RECENT });

  return (entry) => {
    const known = entries.get(entry.position);
    if (known !== undefined) return known;
    entries.set(entry.position, entry);
    return entry;
  };
}
