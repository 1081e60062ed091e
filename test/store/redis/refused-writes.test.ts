import { rm } from 'node:fs/promises';
import { pino } from 'pino';
import { createClient } from 'redis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRedisStore } from '../../../src/store/redis/open-redis-store.ts';
import { BEFORE_ALL, type Store, StoreUnavailableError } from '../../../src/store/store.ts';
import { deliveryReport } from '../../support/delivery-report.ts';
import { type RedisServer, startRedisServer } from '../../support/redis-server.ts';
import { sendClaim } from '../conformance/send-claim.ts';

const watch = { workspace: 'main', messageId: 'm', sentAtMs: 0, dueAtMs: 0, attempts: 0 };
const letter = { workspace: 'main', receivedAtMs: 0, reason: 'unreadable', body: '{}' };
const charge = { key: 'cap', windowMs: 3_600_000, limit: 9, amount: 2 };

describe('a Redis server that refuses writes', () => {
  let server: RedisServer;
  let store: Store;
  let client: Awaited<ReturnType<typeof connect>>;
  const connect = () =>
    createClient({ url: server.url })
      .on('error', () => undefined)
      .connect();
  const configure = (name: string, value: string) => client.sendCommand(['CONFIG', 'SET', name, value]);
  const info = async (name: string) => {
    const about = String(await client.sendCommand(['INFO', 'all']));
    return new RegExp(`^${name}:(\\S+)`, 'm').exec(about)?.[1];
  };
  const refusalOf = (call: Promise<unknown>) =>
    call.then(
      () => 'It was taken.',
      (error: unknown) => {
        expect(error).toBeInstanceOf(StoreUnavailableError);
        return error instanceof Error ? error.message : '';
      },
    );

  beforeEach(async () => {
    server = await startRedisServer(['--enable-debug-command', 'yes']);
    client = await connect();
    store = await openRedisStore({
      url: server.url,
      logger: pino({ level: 'silent' }),
      processId: 'test',
      retentionMs: 3_600_000,
      ledgerRetentionMs: 60_000,
    });
    await store.log.append('main', deliveryReport({ messageId: 'before' }));
  });
  afterEach(async () => {
    await store.close();
    client.destroy();
    await server.stop();
  });

  const full = () => `Redis at 127.0.0.1:${server.port} refuses writes: its memory is full (maxmemory).`;

  it('is not ready while its memory is full, and says so', async () => {
    await store.ping();
    await configure('maxmemory', '1');
    expect(await refusalOf(store.ping())).toBe(full());
    expect(await store.log.read(BEFORE_ALL, 10)).toHaveLength(1);
    await configure('maxmemory', '0');
    await store.ping();
  });

  it('changes nothing by a write that it refuses because its memory is full', async () => {
    await store.sends.claim(sendClaim(), 60_000);
    await store.log.bounds();
    await configure('maxmemory', '1');
    const digest = await client.sendCommand(['DEBUG', 'DIGEST']);
    const refused = [
      () => store.log.append('main', deliveryReport()),
      () => store.sends.claim(sendClaim({ idempotencyKey: 'another' }), 60_000),
      () => store.watches.add([watch]),
      () => store.counters.charge([charge], 0),
      () => store.deadLetters.add(letter),
    ];
    for (const write of refused) expect(await refusalOf(write())).toBe(full());
    expect(await client.sendCommand(['DEBUG', 'DIGEST'])).toBe(digest);
    expect(await store.log.append('main', deliveryReport({ messageId: 'before' })).then(() => 'known')).toBe(
      'known',
    );
  });

  it('still frees memory when that is full, and keeps what is there up to date', async () => {
    await store.watches.add([watch]);
    await store.counters.charge([charge], 0);
    await configure('maxmemory', '1');
    expect(await store.log.trim(Date.now() + 1000)).toBe(1);
    await store.counters.refund([charge], 0);
    expect(await store.leases.acquire('process/test', 'test', 10_000)).toBe(true);
    await store.leases.release('process/test', 'test');
    await store.watches.reschedule([{ ...watch, attempts: 1 }]);
    expect(await store.watches.due(1, 1)).toEqual([{ ...watch, attempts: 1 }]);
    await store.watches.remove('main', ['m']);
    expect(await store.watches.size()).toBe(0);
    await configure('maxmemory', '0');
    expect(await store.counters.charge([{ ...charge, amount: 9 }], 0)).toEqual({ isCharged: true });
  });

  it('is not ready while it cannot save to its disk, and says so', async () => {
    await configure('save', '3600 1');
    await rm(server.folder, { recursive: true });
    await expect
      .poll(async () => {
        await client.sendCommand(['BGSAVE']).catch(() => undefined);
        return info('rdb_last_bgsave_status');
      })
      .toBe('err');
    const sentence = `Redis at 127.0.0.1:${server.port} refuses writes: it cannot save them to its disk (MISCONF).`;
    expect(await refusalOf(store.ping())).toBe(sentence);
    expect(await refusalOf(store.log.append('main', deliveryReport()))).toBe(sentence);
  });

  it('is not ready while too few replicas are connected to it, and says so', async () => {
    await configure('min-replicas-to-write', '1');
    expect(await refusalOf(store.ping())).toContain('too few replicas are connected to it');
  });

  it('is asked for in words that hold no key and no value', async () => {
    const secret = 'order-of-a-customer';
    await client.set(`sms-gateway:send:4:main:${secret}`, 'no hash');
    const refusal = await refusalOf(store.sends.claim(sendClaim({ idempotencyKey: secret }), 60_000));
    expect(refusal).toContain(`Redis at 127.0.0.1:${server.port} answered with an error: WRONGTYPE`);
    expect(refusal).not.toContain(secret);
  });
});
