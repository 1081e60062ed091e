import { once } from 'node:events';
import { createServer } from 'node:net';
import { pino } from 'pino';
import { createClient } from 'redis';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/domain/clock.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { openRedisStore } from '../../../src/store/redis/open-redis-store.ts';
import { BEFORE_ALL, StoreUnavailableError } from '../../../src/store/store.ts';
import { deliveryReport } from '../../support/delivery-report.ts';
import { type RedisServer, startRedisServer } from '../../support/redis-server.ts';

/** A logger whose lines can be read. */
function listeningLogger() {
  const lines: string[] = [];
  return { lines, logger: pino({ level: 'info' }, { write: (line) => lines.push(line) }) };
}

describe('the server behind the Redis store', () => {
  const servers: RedisServer[] = [];
  const start = async (...args: readonly string[]) => {
    const server = await startRedisServer(args);
    servers.push(server);
    return server;
  };
  const open = (url: string, logger = pino({ level: 'silent' })) =>
    openStore({ url, clock: systemClock, logger, processId: 'gateway 1' });
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });

  it('is warned of, setting by setting, when it may lose what it acknowledged', async () => {
    const { url } = await start('--appendfsync', 'everysec', '--maxmemory-policy', 'allkeys-lru');
    const { lines, logger } = listeningLogger();
    await (await open(url, logger)).close();
    const warnings = lines.filter((line) => line.includes('not durable')).join();
    expect(warnings).toContain('appendfsync');
    expect(warnings).toContain('maxmemory-policy');
    expect(warnings).not.toContain('"appendonly"');
  });

  it('gets no warning with the documented settings', async () => {
    const { url } = await start();
    const { lines, logger } = listeningLogger();
    await (await open(url, logger)).close();
    expect(lines).toEqual([]);
  });

  it('is used with the password and the database of the URL, under the prefix it names', async () => {
    const { port } = await start('--requirepass', 'hunter2');
    const url = `redis://:hunter2@127.0.0.1:${port}/3`;
    const store = await open(`${url}?prefix=staging:`);
    await store.log.append('main', deliveryReport());
    await store.close();
    const client = await createClient({ url }).connect();
    expect(await client.keys('staging:log')).toEqual(['staging:log']);
    expect(await client.keys('sms-gateway:*')).toEqual([]);
    client.destroy();
  });

  it('keeps the logs of two prefixes apart', async () => {
    const { url } = await start();
    const [one, two] = [await open(`${url}?prefix=one:`), await open(`${url}?prefix=two:`)];
    await one.log.append('main', deliveryReport());
    expect(await two.log.read(BEFORE_ALL, 1)).toEqual([]);
    expect((await one.log.bounds()).epoch).not.toBe((await two.log.bounds()).epoch);
    await Promise.all([one.close(), two.close()]);
  });

  it('is given up at once when it refuses the password, which is told to nobody', async () => {
    const { port } = await start('--requirepass', 'hunter2');
    const { lines, logger } = listeningLogger();
    const opening = open(`redis://:wrong-pass@127.0.0.1:${port}`, logger);
    const failure = await opening.catch((error: Error) => error);
    expect(failure).toBeInstanceOf(StoreUnavailableError);
    expect(String(failure)).toContain(`Redis at 127.0.0.1:${port} cannot be used`);
    expect(String(failure) + lines.join()).not.toContain('wrong-pass');
  });

  it('is given up after a while when it cannot be reached', async () => {
    const { url, port, kill } = await start();
    await kill();
    const opening = openRedisStore({
      url,
      logger: pino({ level: 'silent' }),
      processId: 'test',
      retentionMs: 1000,
      ledgerRetentionMs: 60_000,
      connectTimeoutMs: 200,
    });
    await expect(opening).rejects.toThrow(`Redis at 127.0.0.1:${port} cannot be used`);
  });

  it('is waited for when it comes up a moment later', async () => {
    const server = await start();
    await server.kill();
    const opening = open(server.url);
    await server.restart();
    const store = await opening;
    await store.ping();
    await store.close();
  });

  it('is spoken to over TLS when the URL says rediss', async () => {
    const listener = createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const address = listener.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const opening = openRedisStore({
      url: `rediss://127.0.0.1:${port}`,
      logger: pino({ level: 'silent' }),
      processId: 'test',
      retentionMs: 1000,
      ledgerRetentionMs: 60_000,
      connectTimeoutMs: 500,
    });
    const refused = expect(opening).rejects.toThrow(StoreUnavailableError);
    const [socket] = await once(listener, 'connection');
    const [hello] = await once(socket, 'data');
    // The first byte of a TLS handshake record.
    expect(hello[0]).toBe(0x16);
    socket.destroy();
    await refused;
    listener.close();
  });

  it('acknowledges only what its replicas have, when replicas are asked for', async () => {
    const main = await start('--repl-diskless-sync-delay', '0');
    const replica = await start('--replicaof', `127.0.0.1 ${main.port}`);
    const store = await open(`${main.url}?replicas=1`);
    // The replica needs a moment to join; a report that was refused till then may be sent again.
    const appendUntilReplicated = async (): Promise<boolean> =>
      store.log.append('main', deliveryReport()).then(
        () => true,
        () => appendUntilReplicated(),
      );
    await appendUntilReplicated();
    const appends = Array.from({ length: 20 }, (_, index) =>
      store.log.append('main', deliveryReport({ messageId: `m-${index}` })),
    );
    expect(await Promise.all(appends)).toHaveLength(20);
    await replica.kill();
    const alone = store.log.append('main', deliveryReport({ messageId: 'alone' }));
    await expect(alone).rejects.toThrow(StoreUnavailableError);
    await store.close();
  });

  it('keeps a timeline no longer than its entries', async () => {
    const { url } = await start();
    const store = await openStore({
      url,
      clock: systemClock,
      logger: pino({ level: 'silent' }),
      processId: 'test',
      retentionMs: 60_000,
      ledgerRetentionMs: 60_000,
    });
    await store.log.append('main', deliveryReport({ messageId: 'm' }));
    const client = await createClient({ url }).connect();
    const leftMs = await client.pTTL('sms-gateway:timeline:4:main:m');
    expect(leftMs).toBeGreaterThan(50_000);
    expect(leftMs).toBeLessThanOrEqual(60_000);
    client.destroy();
    await store.close();
  });
});
