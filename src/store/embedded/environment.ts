import { chmodSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { type Database, open, type RootDatabase } from 'lmdb';
import type { Logger } from '../../logger.ts';
import type { LedgerEntry } from '../send-ledger.ts';
import type { DeadLetter, LogEntry, Watch } from '../store.ts';
import { StoreUnavailableError } from '../store.ts';
import { withDeadline } from '../with-deadline.ts';
import { DATA_FILE, LOCK_FILE, PRIVATE_FILE, prepareFolder, watchDataFile } from './store-folder.ts';

/** A position as a key: milliseconds and sequence, in the order of the log. */
export type PositionKey = [ms: number, sequence: number];
export type Stamp = string | number;

export interface Lease {
  readonly owner: string;
  readonly expiresAtMs: number;
}

/** A send as the folder keeps it. */
export interface StoredSend extends Omit<LedgerEntry, 'readAtMs'> {
  /** When its truth is to be looked for, should its outcome still be open then. */
  readonly dueAtMs: number;
}

/** What the folder holds. Each sub-database is a B+tree sorted by its keys. */
export interface Tables {
  /** Facts about the folder itself: epoch, owner, how far the log was trimmed. */
  readonly facts: Database<unknown, string>;
  readonly log: Database<Omit<LogEntry, 'position'>, PositionKey>;
  /** [workspace, message, identity] → position: what was seen already, and the timeline of a message. */
  readonly timeline: Database<PositionKey, [string, string, string]>;
  readonly sends: Database<StoredSend, [string, string]>;
  /** [claimed at, workspace, key] → the key of the send. */
  readonly sendsByAge: Database<[string, string], [number, string, string]>;
  /** [due at, workspace, key] → the key of a send whose outcome is open. */
  readonly openSends: Database<[string, string], [number, string, string]>;
  /** [workspace, hash of the text, key] → the same. */
  readonly openByText: Database<[string, string], [string, string, string]>;
  /** [workspace, stamp] → the idempotency key that a batch of the provider belongs to. */
  readonly batches: Database<string, [string, string]>;
  /** [held since, workspace, stamp] → the key of the batch. */
  readonly batchesByAge: Database<[string, string], [number, string, string]>;
  readonly watches: Database<Watch, [string, string]>;
  /** [due at, workspace, message] → the key of the watch. */
  readonly watchesByDue: Database<[string, string], [number, string, string]>;
  readonly leases: Database<Lease, string>;
  /** [end of the window, key, length of the window] → used. */
  readonly counters: Database<number, [number, string, number]>;
  /** By the order they came in. */
  readonly deadLetters: Database<DeadLetter, number>;
}

/** One LMDB folder, opened once by this process. */
export interface Environment {
  readonly tables: Tables;
  /** Runs the change in one write transaction; fsynced when it resolves. Many at once share one commit. */
  write<T>(change: () => T, onCommitted?: (result: T) => void): Promise<T>;
  /** The same for a change that puts new values over old ones: it needs no room, so it tells nothing about the disk. */
  overwrite<T>(change: () => T): Promise<T>;
  /** Runs the query on the last commit. */
  read<T>(query: () => T): Promise<T>;
  /** Goes all the way to the disk and back. Rejects also while the writes of others fail. */
  touch(): Promise<void>;
  /** Runs the change at once, blocking: for the opening only. */
  writeNow<T>(change: () => T): T;
  close(): Promise<void>;
}

const MAX_TABLES = 20;
const TOUCHED_FACT = 'touched';
/** As much as some two hundred reports need: on a disk that is nearly full there may be room for less. */
const TOUCHED_BYTES = 65_536;
/** For so long a write that failed says that the next one would. */
const FAILURE_COUNTS_MS = 10_000;
const { ENOSPC, EDQUOT, EFBIG, EIO } = constants.errno;

/**
 * @param logger for what happens to the folder while it is open
 * @throws DamagedFileError when the store that was in the folder is gone or damaged
 */
export async function openEnvironment(folder: string, logger: Logger | null = null): Promise<Environment> {
  await prepareFolder(folder, createStore);
  const root = openRoot(folder);
  const tables = openTables(root);
  const requireFolder = watchDataFile(folder, logger);
  const failure = createFailureMemory();
  let isClosed = false;
  const refuseWhenClosed = () => {
    if (isClosed) throw new StoreUnavailableError('The store is closed.');
  };

  const commit = async <T>(change: () => T, onCommitted?: (result: T) => void): Promise<T> => {
    const result = await root.transaction(change).catch((error) => throwCommitError(error, folder));
    // Told even when the caller has stopped waiting for a commit that was too slow.
    onCommitted?.(result);
    return result;
  };

  return {
    tables,
    async write(change, onCommitted) {
      refuseWhenClosed();
      requireFolder();
      return failure.observe(withDeadline(commit(change, onCommitted)));
    },
    async overwrite(change) {
      refuseWhenClosed();
      requireFolder();
      return withDeadline(commit(change));
    },
    async read(query) {
      refuseWhenClosed();
      return query();
    },
    async touch() {
      refuseWhenClosed();
      requireFolder(true);
      failure.throwRecent();
      await withDeadline(commit(() => tables.facts.put(TOUCHED_FACT, 'x'.repeat(TOUCHED_BYTES))));
    },
    writeNow: (change) => root.transactionSync(change),
    async close() {
      if (isClosed) return;
      isClosed = true;
      await root.close();
    },
  };
}

/** The last failure of a write, until one succeeds or it is so old that the next ones must show. */
function createFailureMemory() {
  let last: { readonly error: unknown; readonly atMs: number } | null = null;
  return {
    async observe<T>(written: Promise<T>): Promise<T> {
      try {
        const result = await written;
        last = null;
        return result;
      } catch (error) {
        last = { error, atMs: performance.now() };
        throw error;
      }
    },
    throwRecent() {
      if (last !== null && performance.now() - last.atMs < FAILURE_COUNTS_MS) throw last.error;
    },
  };
}

async function createStore(folder: string): Promise<void> {
  const root = openRoot(folder);
  openTables(root);
  await root.close();
}

function openRoot(folder: string): RootDatabase {
  const root = open({
    path: folder,
    encoding: 'json',
    maxDbs: MAX_TABLES,
    // With overlapping sync a promise resolves before the data is on the disk.
    overlappingSync: false,
    // Each of our transactions stands for itself. The batches that this would make leave a promise unhandled when a
    // commit fails (a full disk), which ends the process.
    eventTurnBatching: false,
    noSubdir: false,
  });
  for (const name of [DATA_FILE, LOCK_FILE]) chmodSync(join(folder, name), PRIVATE_FILE);
  return root;
}

/** lmdb hands the cause of a failed commit over as one more promise that rejects: it must be heard, or it ends the process. */
async function throwCommitError(error: unknown, folder: string): Promise<never> {
  if (!(error instanceof Error && 'commitError' in error)) throw error;
  const cause: unknown = await Promise.resolve(error.commitError).catch((reason: unknown) => reason);
  throw describeDiskError(cause, folder) ?? cause ?? error;
}

/** The numbers of pages that LMDB adds tell an operator nothing. */
function describeDiskError(error: unknown, folder: string): StoreUnavailableError | null {
  if (!(error instanceof Error && 'code' in error)) return null;
  const reason = error.message.split(':')[0];
  switch (error.code) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return new StoreUnavailableError(
        `There is no room for more in the folder ${folder} (${reason}). Once there is, the store goes on by itself.`,
        { cause: error },
      );
    // Also what LMDB makes of a write that was cut short, as the first one on a full disk is.
    case EIO:
      return new StoreUnavailableError(
        `There is no room in the folder ${folder}, or its disk fails (${reason}).`,
        {
          cause: error,
        },
      );
    default:
      return null;
  }
}

function openTables(root: RootDatabase): Tables {
  const table = <V, K extends Stamp | Stamp[]>(name: string): Database<V, K> =>
    root.openDB<V, K>({ name, encoding: 'json' });
  return {
    facts: table('facts'),
    log: table('log'),
    timeline: table('timeline'),
    sends: table('sends'),
    sendsByAge: table('sends-by-age'),
    openSends: table('open-sends'),
    openByText: table('open-by-text'),
    batches: table('batches'),
    batchesByAge: table('batches-by-age'),
    watches: table('watches'),
    watchesByDue: table('watches-by-due'),
    leases: table('leases'),
    counters: table('counters'),
    deadLetters: table('dead-letters'),
  };
}
