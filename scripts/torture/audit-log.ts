import { pino } from 'pino';
import { systemClock } from '../../src/domain/clock.ts';
import { openStore } from '../../src/store/open-store.ts';
import { BEFORE_ALL, type LogEntry, type Position, type Store } from '../../src/store/store.ts';
import { messageIdOf, messageOf, numberAt, stepOf } from './numbered-post.ts';

/** What the log holds, beside what was acknowledged. */
export interface Audit {
  readonly inLog: number;
  /** Acknowledged, but not in the log. */
  readonly lost: number;
  /** In the log more than once. */
  readonly twice: number;
}

const BATCH = 5000;

/** @param acknowledged so many numbered reports were, from the first on */
export async function auditLog(storeUrl: string, acknowledged: number): Promise<Audit> {
  const entries = await readLog(storeUrl);
  const held = new Set(entries.map(({ report }) => `${report.messageId} ${report.statusCode}`));
  const places = Array.from({ length: acknowledged }, (_, place) => numberAt(place));
  const lost = places.filter((number) => !held.has(`${messageIdOf(messageOf(number))} ${stepOf(number)}`));
  return { inLog: entries.length, lost: lost.length, twice: entries.length - held.size };
}

async function readLog(storeUrl: string): Promise<readonly LogEntry[]> {
  const logger = pino({ level: 'silent' });
  const store = await openStore({ url: storeUrl, clock: systemClock, logger, processId: 'audit' });
  try {
    return await readAll(store);
  } finally {
    await store.close();
  }
}

async function readAll({ log }: Store): Promise<readonly LogEntry[]> {
  const all: LogEntry[] = [];
  for (let after: Position = BEFORE_ALL; ; ) {
    const batch = await log.read(after, BATCH);
    const newest = batch.at(-1);
    if (newest === undefined) return all;
    all.push(...batch);
    after = newest.position;
  }
}
