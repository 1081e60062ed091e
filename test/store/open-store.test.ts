import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/domain/clock.ts';
import { trimStore } from '../../src/store/housekeeping.ts';
import { openStore } from '../../src/store/open-store.ts';
import { BEFORE_ALL } from '../../src/store/store.ts';
import { createDeferred } from '../support/deferred.ts';
import { deliveryReport } from '../support/delivery-report.ts';
import { sendClaim } from './conformance/send-claim.ts';

const openAt = (url: string, clock = systemClock) =>
  openStore({ url, clock, logger: pino({ level: 'silent' }), processId: 'test' });

describe('opening a store by its URL', () => {
  it.each(['postgres://db', 'data', ''])('refuses %j, saying what there is', async (url) => {
    await expect(openAt(url)).rejects.toThrow('use file:./folder, redis://host:6379');
  });

  it.each([
    ['file:', 'names no folder'],
    ['redis://', 'names no host'],
    ['redis://host:port', 'is no URL'],
    ['redis://user:hunter2@host/nine', 'number of a database'],
    ['redis://user:hunter2@host/1?cluster=yes', 'only ?prefix= and ?replicas='],
    ['redis://user:hunter2@host?replicas=many', 'replicas must be a whole number'],
  ])('refuses %j without repeating what may be secret', async (url, reason) => {
    const failure = await openAt(url).catch((error: Error) => error);
    expect(failure).toMatchObject({ message: expect.stringContaining(reason) });
    expect(String(failure)).not.toContain('hunter2');
  });
});

describe('trimming to the retention', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('happens by itself once a minute, with the retention that was asked for', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const folder = await mkdtemp(join(tmpdir(), 'gateway-retention-'));
    const trimmed = createDeferred<string>();
    let nowMs = 1000;
    const store = await openStore({
      url: `file:${folder}`,
      clock: { now: () => nowMs },
      logger: pino({ level: 'debug' }, { write: trimmed.resolve }),
      processId: 'test',
      retentionMs: 500,
    });
    await store.log.append('main', deliveryReport());
    nowMs = 2000;
    vi.advanceTimersByTime(60_000);
    expect(JSON.parse(await trimmed.promise)).toMatchObject({ reports: 1, sends: 0 });
    expect(await store.log.read(BEFORE_ALL, 1)).toEqual([]);
    await store.close();
    expect(vi.getTimerCount()).toBe(0);
    await rm(folder, { recursive: true });
  });

  it('forgets reports and idempotency keys, each when its own time is over', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gateway-retention-'));
    let nowMs = 0;
    const store = await openAt(`file:${folder}`, { now: () => nowMs });
    const retention = { logMs: 1000, ledgerMs: 5000 };
    await store.log.append('main', deliveryReport());
    await store.sends.claim(sendClaim(), 100);

    nowMs = 1000;
    expect(await trimStore(store, retention, nowMs)).toEqual({ reports: 0, sends: 0 });
    nowMs = 1002;
    expect(await trimStore(store, retention, nowMs)).toEqual({ reports: 1, sends: 0 });
    expect(await store.log.read(BEFORE_ALL, 1)).toEqual([]);
    nowMs = 5001;
    expect(await trimStore(store, retention, nowMs)).toEqual({ reports: 0, sends: 1 });
    await store.close();
    await rm(folder, { recursive: true });
  });
});
