import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/domain/clock.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { BEFORE_ALL, type LogEntry, type Store, StoreUnavailableError } from '../../../src/store/store.ts';
import { createDeferred } from '../../support/deferred.ts';
import { deliveryReport } from '../../support/delivery-report.ts';
import { type RedisServer, startRedisServer } from '../../support/redis-server.ts';

/** The promise, and some room for a busy machine. */
const FAIL_FAST_MS = 2000 + 2500;

const numbered = (index: number) => deliveryReport({ messageId: `m-${index}` });

describe('while Redis is away', () => {
  let server: RedisServer;
  let store: Store;
  const unhandled: unknown[] = [];
  const noteUnhandled = (reason: unknown) => unhandled.push(reason);

  beforeEach(async () => {
    process.on('unhandledRejection', noteUnhandled);
    server = await startRedisServer();
    store = await openStore({
      url: server.url,
      clock: systemClock,
      logger: pino({ level: 'silent' }),
      processId: 'test',
    });
  });
  afterEach(async () => {
    await store.close();
    await server.stop();
    process.off('unhandledRejection', noteUnhandled);
    expect(unhandled.splice(0)).toEqual([]);
  });

  const expectFastRefusals = async () => {
    const startedAtMs = performance.now();
    const calls = [
      store.ping(),
      store.log.append('main', numbered(0)),
      store.log.read(BEFORE_ALL, 1),
      store.sends.find('main', 'k'),
      store.watches.add([{ workspace: 'main', messageId: 'm', sentAtMs: 0, dueAtMs: 0, attempts: 0 }]),
      store.leases.acquire('l', 'o', 1000),
      store.counters.charge([{ key: 'k', windowMs: 1000, limit: 1, amount: 1 }], 0),
    ];
    for (const outcome of await Promise.allSettled(calls)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailableError) });
    }
    expect(performance.now() - startedAtMs).toBeLessThan(FAIL_FAST_MS);
  };

  /** Tries until the store answers: it must come back without being told. */
  const untilBack = async () => {
    const deadlineMs = performance.now() + 10_000;
    for (;;) {
      const isBack = await store.ping().then(
        () => true,
        () => false,
      );
      if (isBack) return;
      if (performance.now() > deadlineMs) throw new Error('The store did not come back.');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };

  it('refuses every call within two seconds when the server is dead, and comes back with it', async () => {
    await store.log.append('main', numbered(0));
    await server.kill();
    await expectFastRefusals();
    await server.restart();
    await untilBack();
    expect(await store.log.append('main', numbered(0))).toMatchObject({ isDuplicate: true });
  });

  it('refuses every call within two seconds when the server hangs, and comes back with it', async () => {
    server.pause();
    await expectFastRefusals();
    await expectFastRefusals();
    server.resume();
    await untilBack();
    expect(await store.log.append('main', numbered(1))).toMatchObject({ isDuplicate: false });
  });

  it('refuses at once what would pile up behind a server that hangs', async () => {
    server.pause();
    const waiting = Promise.allSettled(Array.from({ length: 5000 }, () => store.ping()));
    const refused = store.ping().catch((error: unknown) => error);
    expect(await Promise.race([waiting, refused])).toBeInstanceOf(StoreUnavailableError);
    server.resume();
    await waiting;
  });

  it('loses nothing that it acknowledged when the server is killed under load', async () => {
    const killing = createDeferred();
    const appends = Array.from({ length: 400 }, async (_, index) => {
      const { position } = await store.log.append('main', numbered(index));
      if (index === 100) killing.resolve();
      return position;
    });
    const settling = Promise.allSettled(appends);
    await killing.promise;
    await server.kill();
    const acknowledged = (await settling).flatMap((each) =>
      each.status === 'fulfilled' ? [each.value] : [],
    );
    await server.restart();
    await untilBack();
    const held = new Set((await store.log.read(BEFORE_ALL, 1000)).map(({ position }) => position));
    expect(acknowledged.length).toBeGreaterThan(0);
    expect(acknowledged.filter((position) => !held.has(position))).toEqual([]);
  });

  const interruptions = {
    'was killed and restarted': async () => {
      await server.kill();
      await server.restart();
    },
    'hung for a while': async (lost: Promise<void>) => {
      server.pause();
      await lost;
      server.resume();
    },
  };

  it.each(Object.entries(interruptions))(
    'follows on where it was when the server %s, and tells both',
    async (_what, interrupt) => {
      const heard: LogEntry[] = [];
      const states: boolean[] = [];
      const [first, lost, regained, last] = [
        createDeferred(),
        createDeferred(),
        createDeferred(),
        createDeferred(),
      ];
      const aborting = new AbortController();
      const ended = store.log.tail(
        BEFORE_ALL,
        (entries) => {
          heard.push(...entries);
          if (heard.length >= 1) first.resolve();
          if (heard.length >= 3) last.resolve();
        },
        {
          signal: aborting.signal,
          onStateChange(isConnected) {
            states.push(isConnected);
            if (!isConnected) lost.resolve();
            else if (states.length > 1) regained.resolve();
          },
        },
      );
      await store.log.append('main', numbered(1));
      await first.promise;
      await interrupt(lost.promise);
      await lost.promise;
      await untilBack();
      await store.log.append('main', numbered(2));
      await store.log.append('main', numbered(3));
      await regained.promise;
      await last.promise;
      aborting.abort();
      await ended;
      expect(heard.map(({ report }) => report.messageId)).toEqual(['m-1', 'm-2', 'm-3']);
      expect(states).toEqual([true, false, true]);
    },
  );

  it('ends a follower at once though the server is away', async () => {
    const lost = createDeferred();
    const aborting = new AbortController();
    const ended = store.log.tail(BEFORE_ALL, () => undefined, {
      signal: aborting.signal,
      onStateChange: (isConnected) => (isConnected ? undefined : lost.resolve()),
    });
    await store.ping();
    await server.kill();
    await lost.promise;
    aborting.abort();
    await ended;
  });

  it('has another epoch after the server lost everything', async () => {
    const { epoch } = await store.log.bounds();
    expect((await store.log.bounds()).epoch).toBe(epoch);
    const { createClient } = await import('redis');
    const client = await createClient({ url: server.url }).connect();
    await client.flushAll();
    client.destroy();
    expect((await store.log.bounds()).epoch).not.toBe(epoch);
  });
});
