import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** The message says what the file is or has: "is empty". */
export class DamagedFileError extends Error {
  override readonly name = 'DamagedFileError';
}

/** A B+tree in the file. */
interface Tree {
  /** Null when it is empty. */
  readonly root: number | null;
  /** Levels of pages, the leaves included. */
  readonly depth: number;
}

/** What a meta page says; of the two in the file, the newer one counts. */
interface Meta {
  readonly pageSize: number;
  readonly freePages: Tree;
  readonly tables: Tree;
  readonly lastPage: number;
  readonly transaction: number;
}

interface DataFile {
  readonly handle: number;
  readonly sizeBytes: number;
  readonly meta: Meta;
}

/*
 * LMDB's own structures (mdb.c of lmdb-js, data version 2), as 64-bit machines with little-endian numbers write them.
 * A page begins with MDB_page_header; a meta page goes on with MDB_meta, others with the offsets of their nodes.
 */
const KNOWN_LAYOUTS: readonly string[] = ['x64', 'arm64'];
const MAGIC = 0xbeefc0de;
const DATA_VERSION = 2;
const HEADER = { bytes: 24, page: 0, flags: 18, lower: 20 } as const;
const META = {
  bytes: 144,
  magic: 0,
  version: 4,
  pageSize: 24,
  freePages: 24,
  tables: 72,
  last: 120,
  txn: 128,
} as const;
const TREE = { bytes: 48, depth: 6, root: 40 } as const;
const NODE = { bytes: 8, low: 0, high: 2, flags: 4, keySize: 6 } as const;
const OVERFLOW = { page: 0, pages: 16 } as const;
const PAGE_KIND = { branch: 1, leaf: 2, meta: 8 } as const;
const NODE_KIND = { overflow: 1, table: 2 } as const;
const NO_ROOT = 0xffff_ffff_ffff_ffffn;
const FIRST_DATA_PAGE = 2;
const MIN_PAGE_BYTES = 512;
const MAX_PAGE_BYTES = 65_536;
/** Levels that LMDB's own cursors can hold. */
const MAX_DEPTH = 32;

/**
 * Looks whether LMDB can work with the file. It trusts its file so far that damage ends the process by a signal, with
 * no error to catch. Read are the two meta pages and the roots of all tables; only a file that is shorter than its last
 * page is walked as a whole, because the missing end may be free pages that were never written.
 *
 * @throws DamagedFileError; damage inside of pages that hold data is not found
 */
export function checkDataFile(path: string): void {
  // Writable too: LMDB could not tell in words that it may not write.
  const handle = openSync(path, 'r+');
  try {
    if (fstatSync(handle).size === 0) throw new DamagedFileError('is empty');
    if (KNOWN_LAYOUTS.includes(process.arch)) checkPages(handle);
  } catch (error) {
    // A number in a damaged page has led out of the page.
    if (error instanceof RangeError) throw new DamagedFileError('has damaged pages');
    throw error;
  } finally {
    closeSync(handle);
  }
}

function checkPages(handle: number): void {
  const meta = readNewestMeta(handle);
  // Its length is taken last: when a living process writes the file, it has grown before the meta page said so.
  const file: DataFile = { handle, meta, sizeBytes: fstatSync(handle).size };
  const isComplete = file.sizeBytes >= (meta.lastPage + 1) * meta.pageSize;
  const check = isComplete ? checkRoot : checkWhole;
  check(file, meta.freePages);
  for (const leaf of leavesOf(file, meta.tables)) for (const table of tablesIn(leaf)) check(file, table);
}

function checkRoot(file: DataFile, { root, depth }: Tree): void {
  if (root !== null) readPage(file, root, depth === 1 ? 'leaf' : 'branch');
}

function checkWhole(file: DataFile, tree: Tree): void {
  for (const leaf of leavesOf(file, tree))
    for (const node of nodesIn(leaf)) {
      if ((node.readUInt16LE(NODE.flags) & NODE_KIND.overflow) === 0) continue;
      const data = dataOf(node);
      requireInside(file, numberAt(data, OVERFLOW.page), numberAt(data, OVERFLOW.pages));
    }
}

// ── Meta pages ──────────────────────────────────────────────────────────────────────────────────────────────────────

function readNewestMeta(handle: number): Meta {
  const first = readMeta(handle, 0);
  const second = readMeta(handle, first.pageSize);
  if (second.pageSize !== first.pageSize) throw new DamagedFileError('has damaged first pages');
  return second.transaction > first.transaction ? second : first;
}

function readMeta(handle: number, position: number): Meta {
  const bytes = Buffer.alloc(HEADER.bytes + META.bytes);
  if (readSync(handle, bytes, 0, bytes.length, position) < bytes.length)
    throw new DamagedFileError('ends within its first pages');
  const meta = bytes.subarray(HEADER.bytes);
  const isMeta = (bytes.readUInt16LE(HEADER.flags) & PAGE_KIND.meta) !== 0;
  if (!isMeta || meta.readUInt32LE(META.magic) !== MAGIC)
    throw new DamagedFileError('is no file of LMDB, or its first pages are damaged');
  if ((meta.readUInt32LE(META.version) & 0xffff) !== DATA_VERSION)
    throw new DamagedFileError('was written by another version of LMDB, or its first pages are damaged');
  const pageSize = meta.readUInt32LE(META.pageSize);
  const isPowerOfTwo = (pageSize & (pageSize - 1)) === 0;
  if (pageSize < MIN_PAGE_BYTES || pageSize > MAX_PAGE_BYTES || !isPowerOfTwo)
    throw new DamagedFileError('has damaged first pages');
  return {
    pageSize,
    freePages: treeAt(meta, META.freePages),
    tables: treeAt(meta, META.tables),
    lastPage: numberAt(meta, META.last),
    transaction: numberAt(meta, META.txn),
  };
}

// ── Trees ───────────────────────────────────────────────────────────────────────────────────────────────────────────

function treeAt(bytes: Buffer, offset: number): Tree {
  const tree = bytes.subarray(offset, offset + TREE.bytes);
  const isEmpty = tree.readBigUInt64LE(TREE.root) === NO_ROOT;
  return { root: isEmpty ? null : numberAt(tree, TREE.root), depth: tree.readUInt16LE(TREE.depth) };
}

function* leavesOf(file: DataFile, { root, depth }: Tree): Generator<Buffer> {
  if (root === null) return;
  if (depth < 1 || depth > MAX_DEPTH) throw new DamagedFileError('has damaged pages');
  if (depth === 1) {
    yield readPage(file, root, 'leaf');
    return;
  }
  for (const node of nodesIn(readPage(file, root, 'branch')))
    yield* leavesOf(file, { root: childOf(node), depth: depth - 1 });
}

function tablesIn(leaf: Buffer): readonly Tree[] {
  return nodesIn(leaf)
    .filter((node) => (node.readUInt16LE(NODE.flags) & NODE_KIND.table) !== 0)
    .map((node) => treeAt(dataOf(node), 0));
}

function nodesIn(page: Buffer): readonly Buffer[] {
  const count = page.readUInt16LE(HEADER.lower) >> 1;
  return Array.from({ length: count }, (_, index) =>
    page.subarray(HEADER.bytes + page.readUInt16LE(HEADER.bytes + 2 * index)),
  );
}

/** A branch keeps the number of the page below in 48 bits, the highest in the place of the flags. */
const childOf = (node: Buffer): number =>
  node.readUInt16LE(NODE.low) +
  node.readUInt16LE(NODE.high) * 2 ** 16 +
  node.readUInt16LE(NODE.flags) * 2 ** 32;

const dataOf = (node: Buffer): Buffer => node.subarray(NODE.bytes + node.readUInt16LE(NODE.keySize));

function readPage(file: DataFile, page: number, kind: 'branch' | 'leaf'): Buffer {
  const { pageSize } = file.meta;
  requireInside(file, page, 1);
  const bytes = Buffer.alloc(pageSize);
  readSync(file.handle, bytes, 0, pageSize, page * pageSize);
  const isKind = (bytes.readUInt16LE(HEADER.flags) & PAGE_KIND[kind]) !== 0;
  if (!isKind || numberAt(bytes, HEADER.page) !== page) throw new DamagedFileError('has damaged pages');
  return bytes;
}

function requireInside({ sizeBytes, meta }: DataFile, page: number, count: number): void {
  if (page < FIRST_DATA_PAGE || page + count - 1 > meta.lastPage)
    throw new DamagedFileError('has damaged pages');
  const neededBytes = (page + count) * meta.pageSize;
  if (sizeBytes < neededBytes)
    throw new DamagedFileError(`is cut off: it has ${sizeBytes} bytes of at least ${neededBytes}`);
}

const numberAt = (bytes: Buffer, offset: number): number => Number(bytes.readBigUInt64LE(offset));
