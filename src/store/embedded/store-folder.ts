import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '../../logger.ts';
import { StoreUnavailableError } from '../store.ts';
import { checkDataFile, DamagedFileError } from './data-file.ts';

export const DATA_FILE = 'data.mdb';
export const LOCK_FILE = 'lock.mdb';
/** Left in the folder once a store is in it: a folder without its data file is then known to have lost it. */
const MARKER_FILE = 'store-here.txt';
const MARKER_TEXT = `A store of the gateway lives in this folder. Without its ${DATA_FILE} the gateway does not start here.\n`;
/** Where a new data file is made before it gets its name. */
const NURSERY_PREFIX = 'creating-';

/** There are phone numbers in it: nobody but the owner of the process may look inside. */
const PRIVATE_FOLDER = 0o700;
export const PRIVATE_FILE = 0o600;

/** A living process may write the file while it is looked at: damage is there at every look. */
const LOOKS = 3;
/** A write that comes sooner after the last look at the folder does not look again. */
const LOOK_EVERY_MS = 250;

/**
 * Makes sure that the folder holds a data file that LMDB can work with, a new one when no store was ever here.
 *
 * @param create makes a new store in the folder it is given, and closes it
 * @throws DamagedFileError when the store that was here is gone or damaged
 */
export async function prepareFolder(
  folder: string,
  create: (folder: string) => Promise<void>,
): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: PRIVATE_FOLDER });
  // In this order: another process that creates the store leaves the file first, and then the marker.
  const hadStore = existsSync(join(folder, MARKER_FILE));
  if (!existsSync(join(folder, DATA_FILE))) {
    if (hadStore) throw new DamagedFileError('is gone');
    await createDataFile(folder, create);
  }
  removeNurseries(folder);
  requireHealthyFile(folder);
  if (!hadStore) writeFileSync(join(folder, MARKER_FILE), MARKER_TEXT, { mode: PRIVATE_FILE, flush: true });
}

/** The same error, or, when it says that the data file is damaged, one that tells an operator what to do. */
export function asDamage(error: unknown, folder: string): unknown {
  const what = describeDamage(error);
  if (what === null) return error;
  return new Error(
    `The store in the folder ${folder} cannot be used: its ${DATA_FILE} ${what}. Restore the folder from a backup, or ` +
      'move it away to begin anew, which forgets the idempotency keys (a repeated send goes out again) and the delivery reports.',
    { cause: error },
  );
}

function describeDamage(error: unknown): string | null {
  if (error instanceof DamagedFileError) return error.message;
  // What a read of a damaged page ends with: an error of LMDB itself, or a value that is no JSON.
  if (error instanceof SyntaxError) return 'has damaged pages';
  return error instanceof Error && /^MDB_\w+: /.test(error.message) ? `is refused (${error.message})` : null;
}

function requireHealthyFile(folder: string): void {
  // LMDB would end the process without a word about what it may not do.
  accessSync(folder, constants.W_OK | constants.X_OK);
  const lockFile = join(folder, LOCK_FILE);
  if (existsSync(lockFile)) accessSync(lockFile, constants.R_OK | constants.W_OK);
  for (let look = 1; look < LOOKS; look += 1) {
    try {
      checkDataFile(join(folder, DATA_FILE));
      return;
    } catch (error) {
      if (!(error instanceof DamagedFileError)) throw error;
    }
  }
  checkDataFile(join(folder, DATA_FILE));
}

/** A data file is whole or not there: it is made elsewhere, and gets its name when it is on the disk. */
async function createDataFile(folder: string, create: (folder: string) => Promise<void>): Promise<void> {
  const dataFile = join(folder, DATA_FILE);
  const nursery = mkdtempSync(join(folder, NURSERY_PREFIX));
  try {
    await create(nursery);
    sync(join(nursery, DATA_FILE));
    // Unlike a rename it never replaces the file of a process that was faster.
    linkSync(join(nursery, DATA_FILE), dataFile);
    sync(folder);
  } catch (error) {
    if (!existsSync(dataFile)) throw error;
  } finally {
    rmSync(nursery, { recursive: true, force: true });
  }
}

/** Those of processes that were killed while they created the store. One that still creates it comes too late anyway. */
function removeNurseries(folder: string): void {
  for (const name of readdirSync(folder))
    if (name.startsWith(NURSERY_PREFIX)) rmSync(join(folder, name), { recursive: true, force: true });
}

function sync(path: string): void {
  // Windows cannot sync a folder, and needs not.
  if (process.platform === 'win32' && statSync(path).isDirectory()) return;
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/**
 * Watches that the data file which is open now stays in the folder: LMDB goes on writing into a file that was removed,
 * and all of it is lost when the process ends.
 *
 * @returns throws StoreUnavailableError when it is no longer there; looks at the disk now and then, when urgent at once
 */
export function watchDataFile(folder: string, logger: Logger | null): (isUrgent?: boolean) => void {
  const path = join(folder, DATA_FILE);
  const opened = identify(path);
  const gone =
    `The folder ${folder} was removed or replaced while its store was in use: what would be written now would be lost. ` +
    'Put it back, or start the gateway anew.';
  let lookedAtMs = performance.now();
  let isThere = true;

  const look = () => {
    const wasThere = isThere;
    isThere = identify(path) === opened;
    lookedAtMs = performance.now();
    if (wasThere && !isThere) logger?.error(gone);
  };
  return (isUrgent = false) => {
    if (isUrgent || performance.now() - lookedAtMs >= LOOK_EVERY_MS) look();
    if (!isThere) throw new StoreUnavailableError(gone);
  };
}

/** Null when it cannot be found, for whatever reason. */
function identify(path: string): string | null {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return null;
  }
}
