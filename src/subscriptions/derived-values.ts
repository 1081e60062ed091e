import type { LogEntry } from '../store/store.ts';

export type DeriveValue = <Value>(entry: LogEntry, key: string, build: () => Value) => Value;

/**
 * Remembers what was built from an entry for as long as somebody holds the entry. The live entries of a hub are the
 * same objects for all subscribers, so that what is built for one serves all.
 */
export function createDerivedValues(): DeriveValue {
  const valuesByEntry = new WeakMap<LogEntry, Map<string, unknown>>();

  return <Value>(entry: LogEntry, key: string, build: () => Value): Value => {
    const values = valuesByEntry.get(entry) ?? new Map<string, unknown>();
    valuesByEntry.set(entry, values);
    if (!values.has(key)) values.set(key, build());
    return values.get(key) as Value;
  };
}
