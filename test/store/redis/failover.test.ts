import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRedisStore } from '../../../src/store/redis/open-redis-store.ts';
import { BEFORE_ALL, type Store, StoreUnavailableError } from '../../../src/store/store.ts';
import { createDeferred } from '../../support/deferred.ts';
import { deliveryReport } from '../../support/delivery-report.ts';
import { type RedisPair, startRedisPair } from '../../support/redis-pair.ts';

const numbered = (index: number) => deliveryReport({ messageId: `m-${index}` });

/** Much sooner on a machine that is not busy. */
const SOON = { timeout: 10_000 };

describe('a failover of Redis', () => {
  let pair: RedisPair;
  let store: Store;
  let lines: string[];
  const open = async (search = '') => {
    const logger = pino({ level: 'info' }, { write: (line) => lines.push(line) });
    store = await openRedisStore({
      url: `${pair.url}${search}`,
      logger,
      processId: 'test',
      retentionMs: 3_600_000,
      ledgerRetentionMs: 60_000,
      connectTimeoutMs: 1000,
    });
  };
  const said = (text: string) => lines.filter((line) => line.includes(text));

  /** Appends until it is acknowledged, as the provider does; its refusals. */
  const appendAtLast = async (index: number): Promise<unknown[]> => {
    const refusals: unknown[] = [];
    for (;;) {
      const refusal = await store.log.append('main', numbered(index)).then(
        () => null,
        (error: unknown) => error,
      );
      if (refusal === null) return refusals;
      expect(refusal).toBeInstanceOf(StoreUnavailableError);
      refusals.push(refusal);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  /** Follows the log; `heard` resolves when the message was handed on. */
  const follow = () => {
    const ids: string[] = [];
    const arrivals = new Map<string, () => void>();
    const aborting = new AbortController();
    const connected = createDeferred();
    const ended = store.log.tail(
      BEFORE_ALL,
      (entries) => {
        for (const { report } of entries) {
          ids.push(report.messageId);
          arrivals.get(report.messageId)?.();
        }
      },
      { signal: aborting.signal, onStateChange: () => connected.resolve() },
    );
    return {
      ids,
      connected: connected.promise,
      heard: (id: string) =>
        new Promise<void>((resolve) => {
          if (ids.includes(id)) resolve();
          else arrivals.set(id, resolve);
        }),
      async end() {
        aborting.abort();
        await ended;
      },
    };
  };
  /** The connections of the store to the primary of the beginning: commands, and the reader of the log. */
  const cutOnly = async (which: 'commands' | 'reader') => {
    const list = String(await pair.command('primary', 'CLIENT', 'LIST'));
    const name = which === 'commands' ? 'test' : 'test:reader';
    const id = new RegExp(`^id=(\\d+) .*\\bname=${name} `, 'm').exec(list)?.[1] ?? '';
    await pair.command('primary', 'CLIENT', 'KILL', 'ID', id);
  };

  beforeEach(async () => {
    lines = [];
    pair = await startRedisPair();
  });
  afterEach(async () => {
    await store.close();
    await pair.stop();
  });

  it('loses nothing that a replica confirmed, and acknowledges nothing that was lost', async () => {
    await open('?replicas=1');
    await appendAtLast(1);
    pair.pauseReplica();
    const lost = store.log.append('main', numbered(2)).catch((error: unknown) => error);
    await expect.poll(() => pair.command('primary', 'XLEN', 'sms-gateway:log')).toBe(2);
    await pair.promote('demote');
    pair.pointAt('replica', 'cut');
    expect(await lost).toBeInstanceOf(StoreUnavailableError);
    await appendAtLast(3);
    const held = await store.log.read(BEFORE_ALL, 10);
    expect(held.map(({ report }) => report.messageId)).toEqual(['m-1', 'm-3']);
  });

  it('is survived though the connections to the old primary stay open', async () => {
    await open();
    const follower = follow();
    await appendAtLast(1);
    await follower.heard('m-1');
    await pair.promote('demote');
    pair.pointAt('replica', 'keep');
    await appendAtLast(2);
    await follower.heard('m-2');
    await follower.end();
    expect(follower.ids).toEqual(['m-1', 'm-2']);
    expect([said('Redis is away').length, said('Redis is back').length]).toEqual([1, 1]);
    expect(said('Redis is away')[0]).toContain('it is a replica, not the primary');
  });

  it('is waited for while the name leads to the demoted server, and said once', async () => {
    await open();
    await pair.promote('demote');
    await expect(store.ping()).rejects.toThrow(
      `Redis at 127.0.0.1:${pair.port} refuses writes: it is a replica, not the primary.`,
    );
    // Connected, looked at and left several times.
    const attempts = async () => {
      const stats = String(await pair.command('primary', 'INFO', 'stats'));
      return Number(/total_connections_received:(\d+)/.exec(stats)?.[1]);
    };
    const before = await attempts();
    await expect.poll(attempts, SOON).toBeGreaterThan(before + 10);
    await expect(store.ping()).rejects.toThrow('it is a replica, not the primary');
    pair.pointAt('replica', 'keep');
    await expect.poll(() => store.ping().then(() => 'up', String), SOON).toBe('up');
    expect([said('Redis is away').length, said('Redis is back').length]).toEqual([1, 1]);
  });

  it('does not leave a follower with a primary that was cut off', async () => {
    await open();
    const follower = follow();
    await appendAtLast(1);
    await follower.heard('m-1');
    await pair.promote('leave');
    pair.pointAt('replica', 'keep');
    await cutOnly('commands');
    await appendAtLast(2);
    await follower.heard('m-2');
    await follower.end();
    expect(follower.ids).toEqual(['m-1', 'm-2']);
  });

  it('does not leave the commands with a primary that was cut off when the follower finds the new one', async () => {
    await open();
    const follower = follow();
    await appendAtLast(1);
    await follower.heard('m-1');
    await expect.poll(() => pair.command('replica', 'XLEN', 'sms-gateway:log'), SOON).toBe(1);
    await pair.promote('leave');
    pair.pointAt('replica', 'keep');
    await cutOnly('reader');
    await expect.poll(() => said('Redis is back').length, SOON).toBe(1);
    await appendAtLast(2);
    await follower.heard('m-2');
    await follower.end();
    expect(await pair.command('replica', 'XLEN', 'sms-gateway:log')).toBe(2);
  });

  it('is no reason to begin on a replica', async () => {
    await pair.promote('demote');
    const failure = await open().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StoreUnavailableError);
    expect(String(failure)).toContain('it is a replica, not the primary');
    pair.pointAt('replica');
    await open();
  });

  it('to a server that is still loading its data is waited for, and said once', async () => {
    await pair.stop();
    // A server looks at its clients after every 1024 commands that it loads.
    pair = await startRedisPair(['--key-load-delay', '200']);
    await open();
    await Promise.all(Array.from({ length: 1000 }, (_, index) => store.log.append('main', numbered(index))));
    await pair.primary.kill();
    const restarted = pair.primary.restart();
    await expect
      .poll(() => store.ping().then(() => '', String), { timeout: 10_000, interval: 10 })
      .toContain('it is still loading its data');
    await restarted;
    await appendAtLast(1000);
    expect([said('Redis is away').length, said('Redis is back').length]).toEqual([1, 1]);
  }, 60_000);
});
