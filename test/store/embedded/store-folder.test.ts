import {
  copyFile,
  mkdir,
  mkdtemp,
  open as openFile,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { numberedReport } from '../../../scripts/torture/numbered-report.ts';
import { createLogger } from '../../../src/logger.ts';
import { checkDataFile } from '../../../src/store/embedded/data-file.ts';
import { openEmbeddedStore } from '../../../src/store/embedded/open-embedded-store.ts';
import { BEFORE_ALL, type Store, StoreUnavailableError } from '../../../src/store/store.ts';
import { startNodeProcess } from '../../support/node-process.ts';

const moduleUrl = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);

let folder: string;
let root: string;
let stores: Store[];
let logLines: string[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'gateway-folder-'));
  folder = join(root, 'data');
  stores = [];
  logLines = [];
});
afterEach(async () => {
  for (const store of stores) await store.close();
  await rm(root, { recursive: true, force: true });
});

const dataFile = () => join(folder, 'data.mdb');
const logger = createLogger('info', { destination: { write: (line) => void logLines.push(line) } });

async function open(): Promise<Store> {
  const store = await openEmbeddedStore(folder, { now: () => Date.now() }, { logger });
  stores.push(store);
  return store;
}

async function fill(store: Store, count: number): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, (_, number) => store.log.append('main', numberedReport(number))),
  );
}

/** A folder in which a store with some thousand reports was closed. */
async function leaveStore(): Promise<void> {
  const store = await open();
  await fill(store, 3000);
  await store.close();
}

async function overwrite(position: number, bytes: Buffer): Promise<void> {
  const file = await openFile(dataFile(), 'r+');
  await file.write(bytes, 0, bytes.length, position);
  await file.close();
}

describe('a store whose data file is damaged is refused at the start', () => {
  const garbage = (length: number) => Buffer.alloc(length, 'garbage');
  const damages: readonly (readonly [string, RegExp, () => Promise<void>])[] = [
    ['emptied', /is empty/, () => truncate(dataFile(), 0)],
    ['removed', /is gone/, () => unlink(dataFile())],
    ['cut within its first page', /ends within its first pages/, () => truncate(dataFile(), 100)],
    ['cut after its first page', /ends within its first pages/, () => truncate(dataFile(), 4096)],
    ['cut after its first pages', /is cut off/, () => truncate(dataFile(), 8192)],
    [
      'cut in half',
      /is cut off/,
      async () => truncate(dataFile(), Math.floor((await stat(dataFile())).size / 2)),
    ],
    ['full of garbage', /no file of LMDB/, () => writeFile(dataFile(), garbage(50_000))],
    ['one byte of garbage', /ends within/, () => writeFile(dataFile(), 'x')],
    ['full of zeros', /no file of LMDB/, () => writeFile(dataFile(), Buffer.alloc(50_000))],
    ['of another version', /another version/, () => overwrite(24 + 4, Buffer.from([1]))],
    ['without its second meta page', /no file of LMDB/, () => overwrite(4096, garbage(4096))],
    [
      'with garbage behind the meta pages',
      /has damaged pages/,
      async () => overwrite(8192, garbage((await stat(dataFile())).size - 8192)),
    ],
  ];

  it.each(damages)('%s', async (_case, what, damage) => {
    await leaveStore();
    await damage();
    const refusal = await open().catch((error: Error) => error.message);
    expect(refusal).toMatch(what);
    expect(refusal).toContain(folder);
    expect(refusal).toMatch(/Restore the folder from a backup, or move it away to begin anew/);
  });

  it('which does not spoil what is left for a repair', async () => {
    await leaveStore();
    await truncate(dataFile(), 20_000);
    const before = await readFile(dataFile());
    await expect(open()).rejects.toThrow('is cut off');
    expect((await readFile(dataFile())).equals(before)).toBe(true);
  });

  it('and begins anew once the folder was moved away', async () => {
    await leaveStore();
    await truncate(dataFile(), 0);
    await rename(folder, `${folder}-broken`);
    expect(await (await open()).log.read(BEFORE_ALL, 1)).toEqual([]);
  });
});

describe('a healthy store is never refused', () => {
  it('also when its process is killed in mid-write', { timeout: 60_000 }, async () => {
    const writer = `
      const { openEmbeddedStore } = await import(${moduleUrl('../../../src/store/embedded/open-embedded-store.ts')});
      const { numberedReport } = await import(${moduleUrl('../../../scripts/torture/numbered-report.ts')});
      const store = await openEmbeddedStore(${JSON.stringify(folder)}, { now: () => Date.now() });
      console.log('open');
      for (let number = process.pid * 1e6; ; ) {
        const appends = Array.from({ length: 100 }, () => store.log.append('main', numberedReport(number++)));
        if (number % 1000 === 0) appends.push(store.log.trim(Date.now() - 200));
        await Promise.all(appends);
      }`;
    for (let kills = 0; kills < 4; kills += 1) {
      const child = startNodeProcess(writer);
      expect(await child.nextLine()).toBe('open');
      // Looked at while it is written, and killed at some moment of it.
      const until = performance.now() + Math.random() * 300;
      while (performance.now() < until) {
        checkDataFile(dataFile());
        await pause(1);
      }
      await child.kill();
      checkDataFile(dataFile());
    }
    expect((await (await open()).log.read(BEFORE_ALL, 1)).length).toBe(1);
  });

  it('also when its process is killed while it creates it', { timeout: 60_000 }, async () => {
    const creator = `
      console.log('starting');
      const { openEmbeddedStore } = await import(${moduleUrl('../../../src/store/embedded/open-embedded-store.ts')});
      console.log('loaded');
      await openEmbeddedStore(${JSON.stringify(folder)}, { now: () => Date.now() });`;
    for (let kills = 0; kills < 4; kills += 1) {
      const child = startNodeProcess(creator);
      expect(await child.nextLine()).toBe('starting');
      expect(await child.nextLine()).toBe('loaded');
      await pause(Math.random() * 12);
      await child.kill();
      await (await open()).close();
      await rm(folder, { recursive: true });
    }
  });

  it('also when it was created before folders were marked, and is marked from then on', async () => {
    await leaveStore();
    await unlink(join(folder, 'store-here.txt'));
    await (await open()).close();
    await unlink(dataFile());
    await expect(open()).rejects.toThrow('is gone');
  });

  it('also when the end of its file is free pages that were never written', async () => {
    await leaveStore();
    // LMDB counts pages at the end that a transaction took and gave back: as if there had been ten.
    const bytes = await readFile(dataFile());
    for (const lastPageAt of [0, 4096].map((metaPage) => metaPage + 24 + 120))
      bytes.writeBigUInt64LE(bytes.readBigUInt64LE(lastPageAt) + 10n, lastPageAt);
    await writeFile(dataFile(), bytes);
    expect(await (await open()).log.read(BEFORE_ALL, 5000)).toHaveLength(3000);
  });

  it('also when only its data file was restored', async () => {
    await leaveStore();
    const backup = join(root, 'backup.mdb');
    await copyFile(dataFile(), backup);
    await rm(folder, { recursive: true });
    await mkdir(folder);
    await copyFile(backup, dataFile());
    expect(await (await open()).log.read(BEFORE_ALL, 5000)).toHaveLength(3000);
  });

  it('and leaves nothing behind of how it was made', async () => {
    await (await open()).close();
    expect((await readdir(folder)).sort()).toEqual(['data.mdb', 'lock.mdb', 'store-here.txt']);
  });
});

describe('a folder that goes away while its store is open', () => {
  const ways: readonly (readonly [string, () => Promise<void>])[] = [
    ['removed', () => rm(folder, { recursive: true })],
    ['moved away', () => rename(folder, `${folder}-elsewhere`)],
    [
      'replaced by a copy',
      async () => {
        await copyFile(dataFile(), `${folder}-copy`);
        await rename(`${folder}-copy`, dataFile());
      },
    ],
  ];

  it.each(ways)('%s: refuses writes soon, says so once in the log, and is not ready', async (_way, leave) => {
    const store = await open();
    await fill(store, 10);
    await leave();
    await expect(store.ping()).rejects.toThrow(StoreUnavailableError);
    await expect(store.ping()).rejects.toThrow(`The folder ${folder} was removed or replaced`);
    await expect(store.log.append('main', numberedReport(11))).rejects.toThrow(StoreUnavailableError);
    await expect(store.leases.acquire('work', 'me', 1000)).rejects.toThrow('was removed or replaced');
    expect(await store.log.read(BEFORE_ALL, 100)).toHaveLength(10);
    expect(logLines.filter((line) => line.includes('was removed or replaced'))).toHaveLength(1);
    expect(JSON.parse(logLines[0] ?? '')).toMatchObject({ level: 'error' });
  });

  it('refuses writes though nobody asks whether it is ready', async () => {
    const store = await open();
    await rm(folder, { recursive: true });
    let number = 0;
    const append = () =>
      store.log.append('main', numberedReport(number++)).then(
        () => 'acknowledged',
        (error: Error) => error.name,
      );
    await expect.poll(append, { interval: 20, timeout: 5000 }).toBe('StoreUnavailableError');
  });

  it('works again when it is put back', async () => {
    const store = await open();
    await rename(folder, `${folder}-elsewhere`);
    await expect(store.ping()).rejects.toThrow('was removed or replaced');
    await rename(`${folder}-elsewhere`, folder);
    await store.ping();
    await fill(store, 1);
  });
});
