import { BEFORE_ALL, type LogEntry, type Position, type Store } from '../../src/store/store.ts';
import { numberedReport } from './numbered-report.ts';
import type { Acknowledged } from './writer-process.ts';

export interface Audit {
  readonly inLog: number;
  /** Acknowledged, but not in the log where they were said to be. */
  readonly lost: number;
  /** In the log more than once. */
  readonly twice: number;
}

/** Holds what was acknowledged against what the log has. */
export async function auditLog(store: Store, acknowledged: readonly Acknowledged[]): Promise<Audit> {
  const entries = await readAll(store);
  const idAt = new Map(entries.map(({ position, report }) => [position, report.messageId]));
  const lost = acknowledged.filter(
    ({ number, position }) => idAt.get(position) !== numberedReport(number).messageId,
  );
  const distinct = new Set(entries.map(({ report }) => report.messageId));
  return { inLog: entries.length, lost: lost.length, twice: entries.length - distinct.size };
}

async function readAll(store: Store): Promise<readonly LogEntry[]> {
  const all: LogEntry[] = [];
  for (let after: Position = BEFORE_ALL; ; ) {
    const batch = await store.log.read(after, 5000);
    const newest = batch.at(-1);
    if (newest === undefined) return all;
    all.push(...batch);
    after = newest.position;
  }
}
