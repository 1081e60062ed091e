import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll } from 'vitest';
import { systemClock } from '../../src/domain/clock.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import { type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { describeStore, type StoreUnderTest } from './conformance.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedisServer();
});
afterAll(() => server.stop());

async function openRedis(): Promise<StoreUnderTest> {
  const url = `${server.url}/1?prefix=${randomUUID()}:`;
  const opened: Store[] = [];
  const open = async () => {
    const store = await openStore({
      url,
      clock: systemClock,
      logger: pino({ level: 'silent' }),
      processId: `test-${opened.length}`,
    });
    opened.push(store);
    return store;
  };
  let store = await open();

  return {
    get store() {
      return store;
    },
    clients: (count) => Promise.all(Array.from({ length: count }, open)),
    async reopen() {
      await store.close();
      store = await open();
      return store;
    },
    // The server's own time counts: it cannot be moved, only awaited.
    elapse: (ms) => pause(ms),
    async readDisk() {
      const folder = join(server.folder, 'appendonlydir');
      const names = await readdir(folder);
      return Buffer.concat(await Promise.all(names.map((name) => readFile(join(folder, name)))));
    },
    async dispose() {
      await Promise.all(opened.map((each) => each.close()));
    },
  };
}

describeStore('redis store', openRedis);
