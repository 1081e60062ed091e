import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { CursorExpiredError } from '../../../src/domain/errors.ts';
import { createTokenSealer } from '../../../src/domain/sealed-token.ts';
import { createMetrics } from '../../../src/metrics.ts';
import { openRedisStore } from '../../../src/store/redis/open-redis-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { createHub } from '../../../src/subscriptions/create-hub.ts';
import { sealEventCursor } from '../../../src/subscriptions/event-cursor.ts';
import { readStartPoint } from '../../../src/subscriptions/resume-position.ts';
import { createDeferred } from '../../support/deferred.ts';
import { deliveryReport } from '../../support/delivery-report.ts';
import { type RedisPair, startRedisPair } from '../../support/redis-pair.ts';

const feed = { workspace: 'main', messageIds: null };
/** "Within seconds", with room for a busy machine. */
const SOON = { timeout: 8000 };

describe('a Redis that was emptied while gateways run', () => {
  let pair: RedisPair;
  let store: Store;
  let said = createDeferred<string>();

  const open = async () => {
    const logger = pino({ level: 'error' }, { write: (line) => said.resolve(line) });
    const opened = await openRedisStore({
      url: pair.url,
      logger,
      processId: 'test',
      retentionMs: 3_600_000,
      ledgerRetentionMs: 60_000,
    });
    onTestFinished(() => opened.close());
    return opened;
  };
  const openHub = async () => {
    const hub = await createHub({
      log: store.log,
      logger: pino({ level: 'silent' }),
      metrics: createMetrics({ process: false }),
      epochCheckMs: 3_600_000, // the store tells the hub
    });
    onTestFinished(() => hub.close());
    return hub;
  };
  const waysToEmpty = {
    'by FLUSHALL': async () => {
      await pair.command('primary', 'FLUSHALL');
    },
    'because another server stands behind its name': async () => {
      await pair.promote('leave');
      await pair.command('replica', 'FLUSHALL');
      pair.pointAt('replica', 'cut');
    },
  };

  beforeEach(async () => {
    said = createDeferred();
    pair = await startRedisPair();
    store = await open();
  });
  afterEach(() => pair.stop());

  it.each(Object.entries(waysToEmpty))(
    '%s: it is said as an error, with what it costs',
    async (_how, empty) => {
      const { epoch } = await store.log.bounds();
      expect(store.warning?.()).toBeNull();
      await empty();
      const line = await said.promise;
      expect(line).toContain('Redis was emptied, or another server stands behind its name.');
      expect(line).toContain('Idempotency keys that were used before protect no longer');
      expect(store.warning?.()).toContain('was emptied in the last minutes');
      await expect
        .poll(() =>
          store.log.bounds().then(
            (bounds) => bounds.epoch,
            () => epoch,
          ),
        )
        .not.toBe(epoch);
    },
  );

  it('is noticed by a ping at once', async () => {
    await store.log.bounds();
    await pair.command('primary', 'FLUSHALL');
    await store.ping();
    expect(store.warning?.()).toContain('Idempotency keys');
  });

  it('is noticed though its memory is full', async () => {
    await store.log.bounds();
    await pair.command('primary', 'FLUSHALL');
    await pair.command('primary', 'CONFIG', 'SET', 'maxmemory', '1');
    expect(await said.promise).toContain('Redis was emptied');
  });

  it('is noticed when another gateway has begun the new log already', async () => {
    await store.log.bounds();
    const other = await open();
    await pair.command('primary', 'FLUSHALL');
    await other.log.bounds();
    expect(await said.promise).toContain('Redis was emptied');
    expect(store.warning?.()).not.toBeNull();
  });

  it.each(Object.entries(waysToEmpty))(
    '%s: subscribers get an error, and with a new subscription what comes next',
    async (_how, empty) => {
      const hub = await openHub();
      const { epoch } = hub;
      const before = hub.subscribe(feed, null);
      await store.log.append('main', deliveryReport({ messageId: 'before' }));
      expect((await before.next()).value?.report.messageId).toBe('before');
      const parked = before.next();
      await empty();
      await expect(parked).rejects.toThrow(CursorExpiredError);
      expect(hub.epoch).not.toBe(epoch);
      const next = hub.subscribe(feed, null);
      await store.log.append('main', deliveryReport({ messageId: 'after' }));
      expect((await next.next()).value?.report.messageId).toBe('after');
    },
  );

  it('refuses cursors of the lost log', async () => {
    const sealer = createTokenSealer('secret', 'event cursor');
    const { epoch } = await store.log.bounds();
    const { position } = await store.log.append('main', deliveryReport());
    const after = sealEventCursor(sealer, 'hash', { position, epoch, memo: '' });
    const resume = () => readStartPoint({ after, since: null, askHash: 'hash', sealer, log: store.log });
    expect(await resume()).toMatchObject({ position });
    await pair.command('primary', 'FLUSHALL');
    await expect(resume()).rejects.toThrow(CursorExpiredError);
  });

  it('hands new entries on though the old log was ahead of the clock', async () => {
    const inAnHour = `${Date.now() + 3_600_000}-0`;
    const ids: string[] = [];
    const [ahead, after] = [createDeferred(), createDeferred()];
    const aborting = new AbortController();
    const ended = store.log.tail(
      '0-0',
      (entries) => {
        ids.push(...entries.map(({ report }) => report.messageId));
        if (ids.includes('ahead')) ahead.resolve();
        if (ids.includes('after')) after.resolve();
      },
      { signal: aborting.signal },
    );
    const report = JSON.stringify(deliveryReport({ messageId: 'ahead' }));
    await pair.command('primary', 'XADD', 'sms-gateway:log', inAnHour, 'w', 'main', 'r', report);
    await ahead.promise;
    await pair.command('primary', 'FLUSHALL');
    await store.log.append('main', deliveryReport({ messageId: 'after' }));
    await after.promise;
    aborting.abort();
    await ended;
    expect(ids).toEqual(['ahead', 'after']);
  });

  it('is not suspected when all is as it was', async () => {
    await store.log.bounds();
    await store.ping();
    expect(store.warning?.()).toBeNull();
    await pair.promote('demote');
    pair.pointAt('replica', 'cut');
    await expect.poll(() => store.ping().then(() => 'up', String), SOON).toBe('up');
    expect(store.warning?.()).toBeNull();
  });
});
