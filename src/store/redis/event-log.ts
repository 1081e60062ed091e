import { randomUUID } from 'node:crypto';
import { reportIdentity } from '../../domain/delivery-report.ts';
import {
  BEFORE_ALL,
  comparePositions,
  type EventLog,
  type LogEntry,
  type Position,
  StoreUnavailableError,
} from '../store.ts';
import type { Connection } from './connection.ts';
import { decodeEntry, encodeReport, type StreamEntry } from './log-entry.ts';
import { APPEND, BEGIN_EPOCH, BOUNDS, READ_TIMELINES, TRIM } from './log-scripts.ts';
import type { StoreKeys } from './store-keys.ts';

/** Few enough that the server is not held up for long by one script. */
const TRIM_BATCH = 1000;
const TIMELINES_PER_CALL = 100;

type BoundsReply = readonly [epoch: string | null, trimmedUpTo: string, newest: string];

export interface EventLogParts {
  readonly connection: Connection;
  readonly keys: StoreKeys;
  readonly tail: EventLog['tail'];
  readonly retentionMs: number;
  /** Called with the epoch of the log whenever it is read; null when there is none. */
  readonly onEpoch: (epoch: string | null) => void;
}

export function createEventLog({ connection, keys, tail, retentionMs, onEpoch }: EventLogParts): EventLog {
  let newestSeen = BEFORE_ALL;
  const noteSeen = (position: Position) => {
    if (comparePositions(position, newestSeen) > 0) newestSeen = position;
  };

  return {
    async append(workspace, report) {
      const reply = await connection.write(
        APPEND,
        [keys.log, keys.timeline(workspace, report.messageId), keys.trimmedUpTo],
        [reportIdentity(report), workspace, encodeReport(report), retentionMs, newestSeen],
      );
      const [position, isDuplicate] = reply as [string, number];
      noteSeen(position);
      return { position, isDuplicate: isDuplicate === 1 };
    },
    async read(after, limit) {
      const reply = await connection.command('XRANGE', keys.log, `(${after}`, '+', 'COUNT', String(limit));
      return (reply as StreamEntry[]).map(decodeEntry);
    },
    async readMessages(workspace, messageIds) {
      const found = new Map<string, readonly LogEntry[]>();
      for (let start = 0; start < messageIds.length; start += TIMELINES_PER_CALL) {
        const ids = messageIds.slice(start, start + TIMELINES_PER_CALL);
        const timelineKeys = ids.map((id) => keys.timeline(workspace, id));
        const reply = await connection.run(READ_TIMELINES, [keys.log, ...timelineKeys]);
        const timelines = reply as StreamEntry[][];
        ids.forEach((id, index) => {
          found.set(id, inOrder(timelines[index] ?? []));
        });
      }
      return found;
    },
    tail: (after, onEntries, options) =>
      tail(
        after,
        (entries) => {
          noteSeen(entries.at(-1)?.position ?? BEFORE_ALL);
          return onEntries(entries);
        },
        options,
      ),
    async bounds() {
      const readBounds = () => connection.run(BOUNDS, [keys.log, keys.epoch, keys.trimmedUpTo]);
      let reply = (await readBounds()) as BoundsReply;
      onEpoch(reply[0]);
      if (reply[0] === null) {
        await connection.write(BEGIN_EPOCH, [keys.epoch], [randomUUID()]);
        reply = (await readBounds()) as BoundsReply;
        onEpoch(reply[0]);
      }
      const [epoch, trimmedUpTo, newest] = reply;
      if (epoch === null) throw new StoreUnavailableError('Redis lost the log while it was begun.');
      return { epoch, trimmedUpTo, newest };
    },
    async trim(olderThanMs) {
      let total = 0;
      for (let removed = TRIM_BATCH; removed === TRIM_BATCH; total += removed) {
        const cutoffMs = Math.max(0, Math.floor(olderThanMs));
        removed = Number(await connection.write(TRIM, [keys.log, keys.trimmedUpTo], [cutoffMs, TRIM_BATCH]));
      }
      return total;
    },
  };
}

const inOrder = (entries: readonly StreamEntry[]): readonly LogEntry[] =>
  entries.map(decodeEntry).sort((left, right) => comparePositions(left.position, right.position));
