import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CursorExpiredError, SlowConsumerError } from '../../src/domain/errors.ts';
import { createMetrics } from '../../src/metrics.ts';
import {
  BEFORE_ALL,
  comparePositions,
  type EventLog,
  type LogEntry,
  StoreUnavailableError,
} from '../../src/store/store.ts';
import { createHub } from '../../src/subscriptions/create-hub.ts';
import type { Hub } from '../../src/subscriptions/hub.ts';
import { createDeferred } from '../support/deferred.ts';
import { createReport, openTestHub, openTestStore, silentLogger, take, WORKSPACE } from './support.ts';

const feed = (workspace = WORKSPACE) => ({ workspace, messageIds: null });
const messages = (...ids: string[]) => ({ workspace: WORKSPACE, messageIds: new Set(ids) });
const idsOf = (entries: readonly LogEntry[]) => entries.map((entry) => entry.report.messageId);

async function appendMany(log: EventLog, ids: readonly string[], workspace = WORKSPACE): Promise<void> {
  await Promise.all(ids.map((messageId) => log.append(workspace, createReport({ messageId }))));
}
const numbered = (count: number, prefix = 'm') =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);

/** Resolves when the hub has handed out everything that is in the log. */
async function settled(hub: Hub, log: EventLog): Promise<void> {
  const { newest } = await log.bounds();
  while (comparePositions(hub.position, newest) < 0) await nextTurn();
}

describe('the hub', () => {
  it('hands live entries to those who are interested, and to nobody else', async () => {
    const { log } = await openTestStore();
    const hub = await openTestHub({ log });
    const everything = hub.subscribe(feed(), null);
    const single = hub.subscribe(messages('m2'), null);
    const foreign = hub.subscribe(feed('other'), null);
    const sameIdElsewhere = hub.subscribe({ workspace: 'other', messageIds: new Set(['m2']) }, null);
    await appendMany(log, ['m1', 'm2', 'm3']);
    await appendMany(log, ['m9'], 'other');

    expect(idsOf(await take(everything, 3))).toEqual(['m1', 'm2', 'm3']);
    expect(idsOf(await take(single, 1))).toEqual(['m2']);
    expect(idsOf(await take(foreign, 1))).toEqual(['m9']);
    await settled(hub, log);
    await sameIdElsewhere.return();
    expect(await sameIdElsewhere.next()).toEqual({ done: true, value: undefined });
  });

  it('gives all subscribers the same entry objects, so that work on them is shared', async () => {
    const { log } = await openTestStore();
    const hub = await openTestHub({ log });
    const [first, second] = [hub.subscribe(feed(), null), hub.subscribe(messages('m1'), null)];
    await appendMany(log, ['m1']);
    const [entry] = await take(first, 1);
    const [same] = await take(second, 1);
    expect(same).toBe(entry);
    if (entry === undefined) throw new Error('An entry was taken.');
    let builds = 0;
    const build = () => ({ build: ++builds });
    expect(hub.derive(entry, 'key', build)).toBe(hub.derive(entry, 'key', build));
    expect(hub.derive(entry, 'other key', build)).toEqual({ build: 2 });
  });

  it('gives those who catch up the same entry objects as those who were there', async () => {
    const { log } = await openTestStore();
    const hub = await openTestHub({ log });
    const live = hub.subscribe(feed(), null);
    await appendMany(log, ['m1', 'm2']);
    const heard = await take(live, 2);
    const replayed = await take(hub.subscribe(feed(), BEFORE_ALL), 2);
    const [followed] = await take(hub.subscribe(messages('m2'), BEFORE_ALL), 1);
    heard.forEach((entry, index) => {
      expect(replayed[index]).toBe(entry);
    });
    expect(followed).toBe(heard[1]);
  });

  it('replays what it handed out a moment ago without a look into the log', async () => {
    const { log } = await openTestStore();
    let reads = 0;
    const counted: EventLog = {
      ...log,
      read(after, limit) {
        reads += 1;
        return log.read(after, limit);
      },
    };
    const first = await log.append(WORKSPACE, createReport({ messageId: 'past' }));
    const hub = await openTestHub({ log: counted });
    await appendMany(log, numbered(600));
    await appendMany(log, ['foreign'], 'other');
    await settled(hub, log);
    const replayed = await take(hub.subscribe(feed(), first.position), 600);
    expect(idsOf(replayed).toSorted()).toEqual(numbered(600).toSorted());
    expect(reads).toBe(0);
    expect(idsOf(await take(hub.subscribe(feed(), BEFORE_ALL), 601))[0]).toBe('past');
    expect(reads).toBeGreaterThan(0);
  });

  it('replays a feed after a position and goes on live, without gap or repeat, while reports keep coming', async () => {
    const { log } = await openTestStore();
    await appendMany(log, numbered(1000, 'past'));
    const hub = await openTestHub({ log });
    const live = numbered(1000, 'live');
    const subscription = hub.subscribe(feed(), BEFORE_ALL);
    const appending = (async () => {
      for (let start = 0; start < live.length; start += 50)
        await appendMany(log, live.slice(start, start + 50));
    })();
    const entries = await take(subscription, 2000);
    await appending;

    expect(new Set(idsOf(entries)).size).toBe(2000);
    const positions = entries.map((entry) => entry.position);
    expect(positions).toEqual(positions.toSorted(comparePositions));
  });

  it('replays messages after a position and goes on live', async () => {
    const { log } = await openTestStore();
    const hub = await openTestHub({ log });
    const { position } = await log.append(WORKSPACE, createReport({ messageId: 'm1', rawStatus: 'sent' }));
    await appendMany(log, numbered(300, 'x'));
    await log.append(WORKSPACE, createReport({ messageId: 'm2', rawStatus: 'UNDELIV' }));
    await settled(hub, log);
    const subscription = hub.subscribe(messages('m1', 'm2'), position);
    const first = subscription.next();
    await log.append(WORKSPACE, createReport({ messageId: 'm1', rawStatus: 'DELIVRD' }));
    const entries = [(await first).value, ...(await take(subscription, 1))];
    expect(entries.map(({ report }) => `${report.messageId} ${report.rawStatus}`)).toEqual([
      'm2 UNDELIV',
      'm1 DELIVRD',
    ]);
  });

  it('skips what a subscriber of another, faster replica has had already', async () => {
    const { log } = await openTestStore();
    const gate = createDeferred();
    const late: EventLog = {
      ...log,
      tail: async (...args) => {
        await gate.promise;
        return log.tail(...args);
      },
    };
    const hub = await openTestHub({ log: late });
    const ahead = await log.append(WORKSPACE, createReport({ messageId: 'm1' }));
    expect(comparePositions(hub.position, ahead.position)).toBeLessThan(0);
    const subscription = hub.subscribe(feed(), ahead.position);
    await appendMany(log, ['m2']);
    gate.resolve();
    expect(idsOf(await take(subscription, 1))).toEqual(['m2']);
  });

  it('lets a replay wait for its subscriber, however far behind it is', async () => {
    const { log } = await openTestStore();
    await appendMany(log, numbered(600));
    const hub = await openTestHub({ log }, 8);
    const subscription = hub.subscribe(feed(), BEFORE_ALL);
    const first = await take(subscription, 1);
    await appendMany(log, numbered(300, 'n'));
    await settled(hub, log);
    const rest = await take(subscription, 899);
    expect(new Set(idsOf([...first, ...rest])).size).toBe(900);
  });

  it('ends one that falls behind live, and slows nobody else', async () => {
    const { log } = await openTestStore();
    const metrics = createMetrics({ process: false });
    const hub = await createHub({ log, logger: silentLogger, metrics, queueLimit: 16 });
    onTestFinished(() => hub.close());
    const stalled = hub.subscribe(feed(), null);
    const busy = hub.subscribe(feed(), null);
    const taken = take(busy, 500);
    await appendMany(log, numbered(500));

    expect(new Set(idsOf(await taken)).size).toBe(500);
    await expect(stalled.next()).rejects.toThrow(SlowConsumerError);
    expect(await stalled.next()).toEqual({ done: true, value: undefined });
    expect(hub.subscriberCount).toBe(1);
    expect(await metrics.render()).toContain('gateway_slow_consumers_total 1');
    expect(await metrics.render()).toContain('gateway_hub_subscribers 1');
  });

  it('does not call a subscriber slow because a thousand reports were written at once', async () => {
    const { log } = await openTestStore();
    const hub = await openTestHub({ log }, 8);
    const subscription = hub.subscribe(feed(), null);
    const taken = take(subscription, 1000);
    await appendMany(log, numbered(1000));
    expect(await taken).toHaveLength(1000);
  });

  it('ends a waiting next() at once when the subscriber leaves', async () => {
    const { log } = await openTestStore();
    const hub = await openTestHub({ log });
    const live = hub.subscribe(feed(), null);
    const replaying = hub.subscribe(feed(), BEFORE_ALL);
    const parked = [live.next(), replaying.next(), live.next()];
    await Promise.all([live.return(), replaying.return()]);
    for (const result of await Promise.all(parked)) expect(result.done).toBe(true);
    expect(hub.subscriberCount).toBe(0);
  });

  it('ends a waiting next() at once also while the log does not answer', async () => {
    const { log } = await openTestStore();
    await appendMany(log, ['m1']);
    const hub = await openTestHub({ log: { ...log, read: () => new Promise(() => undefined) } });
    const subscription = hub.subscribe(feed(), BEFORE_ALL);
    const parked = subscription.next();
    await nextTurn();
    await subscription.return();
    expect((await parked).done).toBe(true);
  });

  it('waits out a store that is away while it replays', async () => {
    const { log } = await openTestStore();
    let failures = 2;
    const shaky: EventLog = {
      ...log,
      async read(after, limit) {
        if (failures-- > 0) throw new StoreUnavailableError('away');
        return log.read(after, limit);
      },
    };
    await appendMany(log, ['m1', 'm2']);
    const hub = await openTestHub({ log: shaky });
    expect(idsOf(await take(hub.subscribe(feed(), BEFORE_ALL), 2))).toEqual(['m1', 'm2']);
  });

  it('says so when the log is trimmed past a replay that is not done', async () => {
    const { log } = await openTestStore();
    await appendMany(log, numbered(600));
    const hub = await openTestHub({ log });
    const subscription = hub.subscribe(feed(), BEFORE_ALL);
    await take(subscription, 256);
    await log.trim(Date.now() + 60_000);
    const { newest } = await log.bounds();
    const oldestAvailable = new Date(Number(newest.split('-')[0])).toISOString();
    const failing = take(subscription, 1);
    await expect(failing).rejects.toThrow(CursorExpiredError);
    await expect(failing).rejects.toMatchObject({ oldestAvailable });
  });

  it('tells its listeners of each entry before the subscribers, and survives one that throws', async () => {
    const { log } = await openTestStore();
    const hub = await openTestHub({ log });
    const heard: string[] = [];
    hub.onEntry(() => {
      throw new Error('broken listener');
    });
    const stop = hub.onEntry(({ report }) => heard.push(`listener ${report.messageId}`));
    const subscription = hub.subscribe(feed(), null);
    await appendMany(log, ['m1']);
    heard.push(`subscriber ${idsOf(await take(subscription, 1))[0]}`);
    stop();
    await appendMany(log, ['m2']);
    await take(subscription, 1);
    expect(heard).toEqual(['listener m1', 'subscriber m1']);
  });

  it('goes on where it was when its reader breaks', async () => {
    const { log } = await openTestStore();
    let rounds = 0;
    const broken: EventLog = {
      ...log,
      async tail(after, onEntries, options) {
        rounds += 1;
        if (rounds === 1) throw new StoreUnavailableError('away');
        return log.tail(after, onEntries, options);
      },
    };
    const hub = await openTestHub({ log: broken });
    const subscription = hub.subscribe(feed(), null);
    await appendMany(log, ['m1']);
    expect(idsOf(await take(subscription, 1))).toEqual(['m1']);
    expect(hub.isConnected).toBe(true);
  });

  it('ends everybody with a clear error when it comes back to a log that was started anew', async () => {
    const { log } = await openTestStore();
    let epoch = 'before';
    let reconnect = () => {};
    const replaced: EventLog = {
      ...log,
      bounds: async () => ({ ...(await log.bounds()), epoch }),
      tail(after, onEntries, options) {
        reconnect = () => {
          options.onStateChange?.(false);
          options.onStateChange?.(true);
        };
        return log.tail(after, onEntries, options);
      },
    };
    const hub = await openTestHub({ log: replaced });
    const subscription = hub.subscribe(feed(), null);
    const parked = subscription.next();
    epoch = 'after';
    reconnect();
    await expect(parked).rejects.toThrow(CursorExpiredError);
    await expect(parked).rejects.toMatchObject({ oldestAvailable: '1970-01-01T00:00:00.000Z' });
    expect(hub.epoch).toBe('after');
    const next = hub.subscribe(feed(), null);
    await appendMany(log, ['m1']);
    expect(idsOf(await take(next, 1))).toEqual(['m1']);
  });

  it('notices that the log was emptied although the engine was never away', async () => {
    const { log } = await openTestStore();
    let epoch = 'before';
    const emptied: EventLog = { ...log, bounds: async () => ({ ...(await log.bounds()), epoch }) };
    const metrics = createMetrics({ process: false });
    const hub = await createHub({ log: emptied, logger: silentLogger, metrics, epochCheckMs: 1 });
    onTestFinished(() => hub.close());
    const parked = hub.subscribe(feed(), null).next();
    epoch = 'after';
    await expect(parked).rejects.toThrow(CursorExpiredError);
    expect(hub.epoch).toBe('after');
    const next = hub.subscribe(feed(), null);
    await appendMany(log, ['m1']);
    expect(idsOf(await take(next, 1))).toEqual(['m1']);
  });

  it('ends everybody when it closes, and takes nobody after', async () => {
    const { log } = await openTestStore();
    const hub = await openTestHub({ log });
    const parked = hub.subscribe(feed(), null).next();
    await hub.close();
    expect((await parked).done).toBe(true);
    expect((await hub.subscribe(feed(), null).next()).done).toBe(true);
    expect(hub.subscriberCount).toBe(0);
  });
});
