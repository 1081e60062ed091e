import { randomUUID } from 'node:crypto';
import type { Clock } from '../../domain/clock.ts';
import { BEFORE_ALL, type EventLog, type LogEntry, type Position } from '../store.ts';
import { toStoredReport } from '../stored-report.ts';
import { createBell } from './bell.ts';
import type { Environment, PositionKey, Tables } from './environment.ts';
import { AFTER_ALL_PARTS, keyPart } from './key-part.ts';
import { tailLog } from './log-tail.ts';
import { trimLog } from './log-trim.ts';
import { timelineKey } from './timeline-key.ts';

const TRIMMED_FACT = 'trimmed-up-to';
const EPOCH_FACT = 'epoch';

export interface EmbeddedLog extends EventLog {
  /** Ends every tail. */
  close(): void;
}

export function createEventLog(environment: Environment, clock: Clock): EmbeddedLog {
  const { tables, write, read } = environment;
  const { facts, log, timeline } = tables;
  const appended = createBell();
  const closing = new AbortController();
  environment.writeNow(() => facts.get(EPOCH_FACT) ?? facts.putSync(EPOCH_FACT, randomUUID()));
  let last = keyOf(newestPosition(tables));

  const readAfter: EventLog['read'] = (after, limit) =>
    read(() =>
      Array.from(log.getRange({ start: keyOf(after), exclusiveStart: true, limit }), ({ key, value }) =>
        toEntry(key, value),
      ),
    );

  return {
    append(workspace, report) {
      const seenKey = timelineKey(workspace, report);
      const entry = { workspace, report: toStoredReport(report) };
      return write(
        () => {
          const seenAt = timeline.get(seenKey);
          if (seenAt !== undefined) return { position: toPosition(seenAt), isDuplicate: true };
          last = nextKey(last, clock.now());
          timeline.put(seenKey, last);
          log.put(last, entry);
          return { position: toPosition(last), isDuplicate: false };
        },
        (result) => {
          if (!result.isDuplicate) appended.ring();
        },
      );
    },
    read: readAfter,
    readMessages: (workspace, messageIds) =>
      read(() => new Map(messageIds.map((id) => [id, readTimeline(tables, workspace, id)]))),
    tail: (after, onEntries, { signal, onStateChange }) => {
      onStateChange?.(true);
      return tailLog({ readAfter, appended, onEntries }, after, AbortSignal.any([signal, closing.signal]));
    },
    bounds: () =>
      read(() => ({
        epoch: String(facts.get(EPOCH_FACT)),
        trimmedUpTo: trimmedPosition(tables),
        newest: newestPosition(tables),
      })),
    trim: (olderThanMs) =>
      trimLog(environment, olderThanMs, (key) => facts.put(TRIMMED_FACT, toPosition(key))),
    close: () => closing.abort(),
  };
}

function readTimeline(tables: Tables, workspace: string, messageId: string): readonly LogEntry[] {
  const start: [string, string, string] = [keyPart(workspace), keyPart(messageId), ''];
  const end: [string, string, string] = [start[0], start[1], AFTER_ALL_PARTS];
  return Array.from(tables.timeline.getRange({ start, end }), ({ value }) => value)
    .sort(([leftMs, left], [rightMs, right]) => leftMs - rightMs || left - right)
    .flatMap((key) => {
      const entry = tables.log.get(key);
      return entry === undefined ? [] : [toEntry(key, entry)];
    });
}

function newestPosition(tables: Tables): Position {
  const [newest] = tables.log.getKeys({ reverse: true, limit: 1 });
  return newest === undefined ? trimmedPosition(tables) : toPosition(newest);
}

const trimmedPosition = ({ facts }: Tables): Position =>
  (facts.get(TRIMMED_FACT) as Position | undefined) ?? BEFORE_ALL;

/** Grows also when the clock stands still or goes back. */
const nextKey = ([lastMs, lastSequence]: PositionKey, nowMs: number): PositionKey =>
  nowMs > lastMs ? [nowMs, 0] : [lastMs, lastSequence + 1];

const toPosition = ([ms, sequence]: PositionKey): Position => `${ms}-${sequence}`;

function keyOf(position: Position): PositionKey {
  const [ms, sequence] = position.split('-');
  return [Number(ms), Number(sequence)];
}

const toEntry = (key: PositionKey, stored: Omit<LogEntry, 'position'>): LogEntry => ({
  position: toPosition(key),
  workspace: stored.workspace,
  report: stored.report,
});
