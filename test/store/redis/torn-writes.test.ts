import { readdir, readFile, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRedisStore } from '../../../src/store/redis/open-redis-store.ts';
import { BEFORE_ALL, type Store } from '../../../src/store/store.ts';
import { deliveryReport } from '../../support/delivery-report.ts';
import { type RedisServer, startRedisServer } from '../../support/redis-server.ts';
import { SENT, sendClaim } from '../conformance/send-claim.ts';

/** The file that the server adds its writes to. */
async function findWriteLog(server: RedisServer): Promise<string> {
  const folder = join(server.folder, 'appendonlydir');
  const name = (await readdir(folder)).find((each) => each.endsWith('.incr.aof'));
  return join(folder, name ?? '');
}

// A crash in the middle of a write leaves the beginning of a transaction in the server's file. The server leaves it out
// when it loads the file, but completes it with what it writes afterwards, so that it comes to life at the next start.
describe('a write that the server tore apart when it died', () => {
  let server: RedisServer;
  let store: Store;
  const open = () =>
    openRedisStore({
      url: server.url,
      logger: pino({ level: 'silent' }),
      processId: 'test',
      retentionMs: 3_600_000,
      ledgerRetentionMs: 60_000,
    });
  const crash = async () => {
    await store.close();
    await server.kill();
    await server.restart();
    store = await open();
  };
  /** Crashes the server as if the last of its writes had got as far as the given word. */
  const crashIn = async (word: string, write: () => Promise<unknown>) => {
    const file = await findWriteLog(server);
    const { size } = await stat(file);
    await write();
    await server.kill();
    const written = (await readFile(file, 'latin1')).slice(size);
    expect(written).toContain(word);
    await truncate(file, size + written.lastIndexOf(word) + word.length);
    await server.restart();
    await store.close();
    store = await open();
  };

  beforeEach(async () => {
    server = await startRedisServer();
    store = await open();
    await store.log.append('main', deliveryReport({ messageId: 'first' }));
  });
  afterEach(async () => {
    await store.close();
    await server.stop();
  });

  it.each(['HSET', 'PEXPIREAT', 'XADD'])(
    'makes no second entry of a report that is sent again, torn in %s',
    async (word) => {
      const report = deliveryReport({ messageId: 'torn' });
      await crashIn(word, () => store.log.append('main', report));
      expect(await store.log.append('main', report)).toMatchObject({ isDuplicate: false });
      await crash();
      const ids = (await store.log.read(BEFORE_ALL, 10)).map((entry) => entry.report.messageId);
      expect(ids).toEqual(['first', 'torn']);
      expect(await store.log.append('main', report)).toMatchObject({ isDuplicate: true });
    },
  );

  it.each(['HSET', 'PEXPIREAT', 'XADD'])('takes the report when it comes later, torn in %s', async (word) => {
    const report = deliveryReport({ messageId: 'torn' });
    await crashIn(word, () => store.log.append('main', report));
    await store.log.append('main', deliveryReport({ messageId: 'another' }));
    await crash();
    await store.log.append('main', report);
    const ids = (await store.log.read(BEFORE_ALL, 10)).map((entry) => entry.report.messageId);
    expect(ids).toEqual(['first', 'another', 'torn']);
    expect((await store.log.readMessages('main', ['torn'])).get('torn')).toHaveLength(1);
  });

  it('resolves a claim in the end that came to life without having been given', async () => {
    await crashIn('claim', () => store.sends.claim(sendClaim(), 0));
    await store.log.append('main', deliveryReport({ messageId: 'another' }));
    await crash();
    expect(await store.sends.due(10)).toEqual([]);
    expect(await store.sends.claim(sendClaim(), 0)).toMatchObject({ kind: 'CLAIMED' });
    expect(await store.sends.due(10)).toHaveLength(1);
  });

  it('does not list a settled send as due', async () => {
    await store.sends.claim(sendClaim(), 0);
    await crashIn('ZREM', () => store.sends.settle(sendClaim(), SENT));
    await store.log.append('main', deliveryReport({ messageId: 'another' }));
    await crash();
    expect(await store.sends.find('main', 'order-1')).toMatchObject({ outcome: SENT });
    expect(await store.sends.due(10)).toEqual([]);
  });

  it.each(['ZADD', 'HSET'])('schedules a message that is watched again, torn in %s', async (word) => {
    const watch = { workspace: 'main', messageId: 'm', sentAtMs: 1, dueAtMs: 2, attempts: 0 };
    await crashIn(word, () => store.watches.add([watch]));
    await store.log.append('main', deliveryReport({ messageId: 'another' }));
    await crash();
    expect(await store.watches.due(10, 10)).toEqual([]);
    await store.watches.add([watch]);
    expect(await store.watches.due(10, 10)).toEqual([watch]);
    expect(await store.watches.size()).toBe(1);
  });

  it('tells that the log was trimmed, torn between trimming and telling', async () => {
    await crashIn('XTRIM', () => store.log.trim(Date.now() + 1000));
    await store.log.append('main', deliveryReport({ messageId: 'another' }));
    await crash();
    const { trimmedUpTo } = await store.log.bounds();
    expect(trimmedUpTo).not.toBe(BEFORE_ALL);
  });
});
