import { pino } from 'pino';
import { createClient } from 'redis';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/domain/clock.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { createReplicaGate } from '../../../src/store/redis/replica-gate.ts';
import type { Send } from '../../../src/store/redis/sender.ts';
import {
  BEFORE_ALL,
  type Store,
  StoreUnavailableError,
  TooFewReplicasError,
} from '../../../src/store/store.ts';
import { deliveryReport } from '../../support/delivery-report.ts';
import { type RedisPair, startRedisPair } from '../../support/redis-pair.ts';

const watch = { workspace: 'main', messageId: 'm', sentAtMs: 0, dueAtMs: 0, attempts: 0 };
const letter = { workspace: 'main', receivedAtMs: 0, reason: 'unreadable', body: '{}' };
const charge = { key: 'cap', windowMs: 3_600_000, limit: 1, amount: 1 };
const numbered = (index: number) => deliveryReport({ messageId: `m-${index}` });

/** A read behind one WAIT of a second, and some room for a busy machine. */
const FAIR_MS = 1200;

describe('a write that replicas must confirm', () => {
  let pair: RedisPair;
  const opened: Store[] = [];
  const open = async (search: string) => {
    const store = await openStore({
      url: `${pair.url}${search}`,
      clock: systemClock,
      logger: pino({ level: 'silent' }),
      processId: 'test',
    });
    opened.push(store);
    return store;
  };
  const countWaits = async () => {
    const stats = String(await pair.command('primary', 'INFO', 'commandstats'));
    return Number(/cmdstat_wait:calls=(\d+)/.exec(stats)?.[1] ?? 0);
  };
  beforeEach(async () => {
    pair = await startRedisPair();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((store) => store.close()));
    await pair.stop();
  });

  const writes: Record<string, (store: Store) => Promise<unknown>> = {
    'a report': ({ log }) => log.append('main', deliveryReport()),
    'the epoch of a new log': ({ log }) => log.bounds(),
    'a charge': ({ counters }) => counters.charge([charge], 0),
    'a refund': ({ counters }) => counters.refund([charge], 0),
    'a lease': ({ leases }) => leases.acquire('lease', 'owner', 1000),
    'a lease given up': ({ leases }) => leases.release('lease', 'owner'),
    'a watch': ({ watches }) => watches.add([watch]),
    'a watch put off': ({ watches }) => watches.reschedule([watch]),
    'a watch done': ({ watches }) => watches.remove('main', ['m']),
    'a dead letter': ({ deadLetters }) => deadLetters.add(letter),
    'a trim of the log': ({ log }) => log.trim(1),
    'a ping': (store) => store.ping(),
  };

  it('is refused when none has it, whatever is written', async () => {
    const store = await open('?replicas=1');
    await pair.replica.kill();
    const refusals = new Map<string, unknown>();
    for (const [what, write] of Object.entries(writes)) {
      refusals.set(what, await write(store).catch((error: unknown) => error));
    }
    const refusal = new TooFewReplicasError(0, 1);
    expect(refusal.message).toBe('Only 0 of 1 replicas have confirmed the write.');
    expect(refusals).toEqual(new Map(Object.keys(writes).map((what) => [what, refusal])));
  });

  it('costs no WAIT when none is asked for', async () => {
    const store = await open('');
    const before = await countWaits();
    for (const write of Object.values(writes)) await write(store);
    expect(await countWaits()).toBe(before);
  });

  it('gives a charge back that it refused', async () => {
    const store = await open('?replicas=1');
    pair.pauseReplica();
    await expect(store.counters.charge([charge], 0)).rejects.toBeInstanceOf(TooFewReplicasError);
    pair.resumeReplica();
    expect(await store.counters.charge([charge], 0)).toEqual({ isCharged: true });
    expect(await store.counters.charge([charge], 0)).toMatchObject({ isCharged: false });
  });

  it('reads an epoch that is there already though no replica is', async () => {
    const store = await open('?replicas=1');
    const { epoch } = await store.log.bounds();
    await pair.replica.kill();
    expect((await store.log.bounds()).epoch).toBe(epoch);
  });

  it.each(['is paused', 'is gone'])('holds nobody up for long while the replica %s', async (how) => {
    const store = await open('?replicas=1');
    await store.log.append('main', numbered(0));
    if (how === 'is paused') pair.pauseReplica();
    else await pair.replica.kill();
    const waitsBefore = await countWaits();
    const readMs: number[] = [];
    const startedAtMs = performance.now();
    const timeRead = async () => {
      const askedAtMs = performance.now();
      await store.log.read(BEFORE_ALL, 1);
      readMs.push(performance.now() - askedAtMs);
    };
    for (let round = 0; round < 6; round += 1) {
      const refused = Promise.allSettled(
        Array.from({ length: 20 }, (_, index) => store.log.append('main', numbered(round * 20 + index))),
      );
      await Promise.all([refused, timeRead(), timeRead()]);
      for (const outcome of await refused) {
        expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(TooFewReplicasError) });
      }
    }
    expect(Math.max(...readMs)).toBeLessThan(FAIR_MS);
    // All that wait share one; a few more are the ones that were under way when the next writes came.
    expect((await countWaits()) - waitsBefore).toBeLessThanOrEqual(12);
    if (how === 'is gone') expect(performance.now() - startedAtMs).toBeLessThan(3 * FAIR_MS);
  });

  it('is confirmed again at once when the replica is back', async () => {
    const store = await open('?replicas=1');
    pair.pauseReplica();
    await expect(store.log.append('main', numbered(1))).rejects.toBeInstanceOf(TooFewReplicasError);
    pair.resumeReplica();
    expect(await store.log.append('main', numbered(1))).toMatchObject({ isDuplicate: true });
  });

  it('is not confirmed by another server than the one it was made on', async () => {
    const openClient = () =>
      createClient({ url: pair.url })
        .on('error', () => undefined)
        .connect();
    const clients: Awaited<ReturnType<typeof openClient>>[] = [];
    const connect = async () => {
      const client = await openClient();
      onTestFinished(() => client.destroy());
      clients.push(client);
    };
    const send: Send = async (...args) => {
      const generation = clients.length;
      return { reply: await clients[generation - 1]?.sendCommand([...args]), generation };
    };
    const gate = createReplicaGate(send, 1);
    await connect();
    pair.pauseReplica();
    const { generation } = await send('SET', 'key', 'acknowledged by the old primary');
    await pair.promote('demote');
    pair.pointAt('replica', 'keep');
    await connect();
    expect(await send('GET', 'key')).toEqual({ reply: null, generation: generation + 1 });
    expect(await send('WAIT', '1', '1000')).toEqual({ reply: 1, generation: generation + 1 });
    await expect(gate.pass(generation)).rejects.toBeInstanceOf(StoreUnavailableError);
    await gate.pass(generation + 1);
  });
});
