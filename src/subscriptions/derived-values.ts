import type { LogEntry } from '../store/store.ts';

export type DeriveValue = <Value>(entry: LogEntry, key: string, build: () => Value) => Value;

/**
 * Remembers what was built from an entry for as long as somebody holds the entry. The live entries of a hub are the
 * same objects for all subscribers, so that what is built for one serves all.
 */
export function createDerivedValues(): DeriveValue {
  const valuesByEntry = new WeakMap<LogEntry, Map<string, unknown>>();

  const valuesOf = (entry: LogEntry): Map<string, unknown> => {
    const known = valuesByEntry.get(entry);
    if (known !== undefined) return known;
    const values = new Map<string, unknown>();
    valuesByEntry.set(entry, values);
    return values;
  };

  return <Value>(entry: LogEntry, key: string, build: () => Value): Value => {
    const values = valuesOf(entry);
    const known = values.get(key);
    if (known !== undefined) return known as Value;
    const value = build();
    values.set(key, value);
    return value;
  };
}
