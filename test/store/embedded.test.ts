import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { openStore } from '../../src/store/open-store.ts';
import { describeStore, type StoreUnderTest } from './conformance.ts';

async function openEmbedded(): Promise<StoreUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-store-'));
  let nowMs = Date.now();
  const open = () =>
    openStore({
      url: `file:${folder}`,
      clock: { now: () => nowMs },
      logger: pino({ level: 'silent' }),
      processId: 'test',
    });
  let store = await open();

  return {
    get store() {
      return store;
    },
    // One process owns the folder: all its parts share one store.
    clients: async (count) => Array.from({ length: count }, () => store),
    async reopen() {
      await store.close();
      store = await open();
      return store;
    },
    async elapse(ms) {
      nowMs += ms;
    },
    async readDisk() {
      const names = (await readdir(folder)).filter((name) => !name.endsWith('.sock'));
      return Buffer.concat(await Promise.all(names.map((name) => readFile(join(folder, name)))));
    },
    async dispose() {
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

describeStore('embedded store', openEmbedded);
