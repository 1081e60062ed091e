import { describe, expect, it } from 'vitest';
import { StoreUnavailableError } from '../../src/store/store.ts';
import { createCallBudget } from '../../src/subscriptions/call-budget.ts';
import { rescheduleWatch } from '../../src/subscriptions/watch-schedule.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { openReconciling, recipientsFrom } from './reconciling.ts';
import { createReport, WORKSPACE } from './support.ts';

const UNDELIVERED = '+15550100001';
const NEVER_REPORTED = '+15550100009';
const STAYS_SENT = '+15550100010';
const DELIVERED_AFTER_A_MINUTE = '+15550100014';
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

const statusCalls = (test: Awaited<ReturnType<typeof openReconciling>>) => ({
  pages: test.simulator.requests.count({ path: '/sms/messages' }),
  singles: test.simulator.requests.count({ path: '/sms/status' }),
});

describe('the reconciler', () => {
  it('finds the final report that no webhook brought, and forgets the watch', async () => {
    const test = await openReconciling();
    const [messageId] = await test.send([NEVER_REPORTED]);
    const sentAtMs = test.now();
    await test.reconcileFor(89 * SECOND_MS);
    expect(statusCalls(test)).toEqual({ pages: 0, singles: 0 });
    await test.reconcileFor(2 * SECOND_MS);
    expect(statusCalls(test)).toEqual({ pages: 0, singles: 1 });
    const [entry] = await test.entries();
    expect(entry).toMatchObject({
      workspace: WORKSPACE,
      report: {
        messageId,
        recipient: NEVER_REPORTED,
        sender: 'MyApp',
        status: 'DELIVERED',
        rawStatus: 'DELIVRD',
        statusCode: '000',
        segments: 1,
        occurredAt: new Date(sentAtMs + 5000).toISOString(),
        isRecovered: true,
      },
    });
    expect(await test.store.watches.size()).toBe(0);
    expect(await test.metrics.render()).toContain('gateway_reports_appended_total{source="reconciler"} 1');
    expect(await test.metrics.render()).toContain('gateway_reconciler_messages_total{outcome="recovered"} 1');
  });

  it('asks in the background: callers come first', async () => {
    const test = await openReconciling();
    await test.send([NEVER_REPORTED]);
    await test.elapse(91 * SECOND_MS);
    test.simulator.faults.next({ path: '/sms/status', kind: 'slow', delayMs: 900 });
    const round = test.reconciler.runOnce();
    await expect.poll(() => test.metrics.render()).toContain('gateway_upstream_places{lane="background"} 1');
    await expect.poll(() => statusCalls(test).singles).toBe(1);
    await test.elapse(900);
    expect(await round).toMatchObject({ recoveredCount: 1 });
  });

  it('writes what a webhook that comes after all would write: the log has it once', async () => {
    const test = await openReconciling();
    const [messageId = ''] = await test.send([NEVER_REPORTED]);
    await test.reconcileFor(2 * MINUTE_MS);
    const [entry] = await test.entries();
    const late = createReport({
      messageId,
      rawStatus: 'DELIVRD',
      statusCode: '000',
      occurredAt: entry?.report.occurredAt ?? '',
    });
    expect(await test.store.log.append(WORKSPACE, late)).toEqual({
      position: entry?.position,
      isDuplicate: true,
    });
  });

  it('asks by pages of the history when many are due, and leaves none for single calls', async () => {
    const test = await openReconciling();
    for (let batch = 0; batch < 5; batch += 1) {
      await test.send(recipientsFrom(batch * 100, 100));
      await test.elapse(SECOND_MS);
    }
    await test.elapse(5 * MINUTE_MS);
    await test.reconcileFor(3 * SECOND_MS);
    expect(await test.entries()).toHaveLength(500);
    const { pages, singles } = statusCalls(test);
    expect(pages).toBeLessThanOrEqual(6);
    expect(singles).toBe(0);
  });

  it('finds a few among the many thousands of a day in a handful of calls', async () => {
    const test = await openReconciling();
    const letOthersSend = async () => {
      for (let second = 0; second < 300; second += 10) {
        test.simulator.addArrivals(100);
        await test.elapse(10 * SECOND_MS);
      }
    };
    await letOthersSend();
    await test.send(recipientsFrom(0, 20));
    await letOthersSend();
    await test.reconcileFor(3 * SECOND_MS);
    expect(await test.entries()).toHaveLength(20);
    const { pages, singles } = statusCalls(test);
    expect(pages + singles).toBeLessThanOrEqual(10);
  });

  it('asks nobody for what the log has by now', async () => {
    const test = await openReconciling();
    const ids = await test.send(recipientsFrom(0, 3));
    for (const messageId of ids) await test.store.log.append(WORKSPACE, createReport({ messageId }));
    await test.reconcileFor(2 * MINUTE_MS);
    expect(statusCalls(test)).toEqual({ pages: 0, singles: 0 });
    expect(await test.store.watches.size()).toBe(0);
  });

  it('forgets a watch as soon as the hub hears the final report, long before it is due', async () => {
    const test = await openReconciling();
    const [first = '', second = ''] = await test.send(recipientsFrom(0, 2));
    await test.reconciler.runOnce();
    await test.store.log.append(WORKSPACE, createReport({ messageId: first, rawStatus: 'UNDELIV' }));
    await test.store.log.append(WORKSPACE, createReport({ messageId: second, rawStatus: 'ENROUTE' }));
    await test.reconcileFor(2 * SECOND_MS);
    expect(await test.store.watches.size()).toBe(1);
  });

  it('asks again and again, at growing intervals, and gives up after the provider did', async () => {
    const test = await openReconciling({ accounts: [{ id: 'acme', keys: [{ key: 'sk_prod_acme' }] }] });
    await test.send([STAYS_SENT]);
    const askedAtMs: number[] = [];
    const sentAtMs = test.now();
    while ((await test.store.watches.size()) > 0) {
      const [next] = await test.store.watches.due(Number.MAX_SAFE_INTEGER, 1);
      await test.elapse(Math.max(SECOND_MS, (next?.dueAtMs ?? 0) - test.now()));
      await test.reconciler.runOnce();
      askedAtMs.push(test.now() - sentAtMs);
    }
    const waits = askedAtMs.slice(1).map((at, index) => at - (askedAtMs[index] ?? 0));
    expect(waits.slice(0, -1)).toEqual(waits.slice(0, -1).toSorted((left, right) => left - right));
    expect(askedAtMs.length).toBeLessThan(30);
    expect(askedAtMs.at(-1)).toBeGreaterThan(72 * HOUR_MS);
    expect(askedAtMs.at(-1)).toBeLessThan(76 * HOUR_MS);
    // The provider's own clean-up ended it.
    expect((await test.entries())[0]?.report).toMatchObject({ status: 'UNDELIVERED', isRecovered: true });
  });

  it('gives up a message that the provider does not know', async () => {
    const test = await openReconciling();
    const nowMs = test.now();
    const watch = { workspace: WORKSPACE, messageId: 'gone', sentAtMs: nowMs, dueAtMs: nowMs, attempts: 0 };
    await test.store.watches.add([watch]);
    await test.reconcileFor(30 * MINUTE_MS, async () => (await test.store.watches.size()) === 0);
    expect(statusCalls(test).singles).toBe(3);
    expect(await test.metrics.render()).toContain('gateway_reconciler_messages_total{outcome="gone"} 1');
  });

  it('keeps to its share of the rate limit', async () => {
    const test = await openReconciling();
    await test.reconciler.close();
    const modest = await test.startReplica({ accountCallsPerSecond: 20, processId: 'modest' });
    for (let index = 0; index < 30; index += 1) {
      await test.send([`+1415600${String(index).padStart(4, '0')}`]);
      await test.elapse(2 * MINUTE_MS);
    }
    await test.elapse(24 * HOUR_MS);
    test.simulator.requests.clear();
    const calls: number[] = [];
    while ((await test.store.watches.size()) > 0) {
      const before = statusCalls(test);
      await modest.runOnce();
      const after = statusCalls(test);
      calls.push(after.pages + after.singles - before.pages - before.singles);
      await test.elapse(SECOND_MS);
    }
    expect(Math.max(...calls)).toBeLessThanOrEqual(4);
    expect(await test.entries()).toHaveLength(30);
  });

  it('tries again soon after the provider was away, and loses nothing', async () => {
    const test = await openReconciling();
    await test.send(recipientsFrom(0, 10));
    await test.elapse(5 * MINUTE_MS);
    test.simulator.changeAccount('acme', { isActive: false });
    await test.reconcileFor(10 * SECOND_MS);
    expect(await test.entries()).toEqual([]);
    expect(await test.store.watches.size()).toBe(10);
    expect(statusCalls(test).pages + statusCalls(test).singles).toBeLessThan(10);
    test.simulator.changeAccount('acme', { isActive: true });
    await test.reconcileFor(MINUTE_MS, async () => (await test.store.watches.size()) === 0);
    expect(await test.entries()).toHaveLength(10);
  });

  it('runs at one replica at a time, and another takes over when that one ends', async () => {
    const test = await openReconciling();
    const other = await test.startReplica({ processId: 'replica-2' });
    expect((await test.reconciler.runOnce()).isMine).toBe(true);
    expect((await other.runOnce()).isMine).toBe(false);
    await test.reconciler.close();
    await test.elapse(10 * SECOND_MS);
    expect((await other.runOnce()).isMine).toBe(true);
  });

  it('lets another replica take over when the first one died without a word', async () => {
    const test = await openReconciling();
    const other = await test.startReplica({ processId: 'replica-2' });
    await test.reconciler.runOnce();
    await other.runOnce();
    await test.elapse(61 * SECOND_MS);
    expect((await other.runOnce()).isMine).toBe(true);
    expect((await test.reconciler.runOnce()).isMine).toBe(false);
  });

  it('asks for everything that waits when it begins, because nobody knows what was lost before', async () => {
    const test = await openReconciling();
    const [messageId = ''] = await test.send([NEVER_REPORTED]);
    const watch = { workspace: WORKSPACE, messageId, sentAtMs: test.now(), attempts: 5 };
    await test.store.watches.reschedule([{ ...watch, dueAtMs: test.now() + 10 * HOUR_MS }]);
    await test.elapse(2 * MINUTE_MS);
    await test.reconciler.runOnce();
    expect(await test.entries()).toHaveLength(1);
  });

  it('asks for everything that waits when it finds one report that was lost', async () => {
    const test = await openReconciling();
    await test.reconciler.runOnce();
    const [patient = ''] = await test.send([NEVER_REPORTED]);
    const watch = { workspace: WORKSPACE, messageId: patient, sentAtMs: test.now(), attempts: 5 };
    await test.store.watches.reschedule([{ ...watch, dueAtMs: test.now() + 10 * HOUR_MS }]);
    await test.elapse(10 * MINUTE_MS);
    await test.send([NEVER_REPORTED]);
    await test.elapse(5 * MINUTE_MS);
    await test.reconcileFor(3 * SECOND_MS);
    expect((await test.entries()).map((entry) => entry.report.messageId)).toContain(patient);
  });

  it('asks for everything that waits when the store was away', async () => {
    const test = await openReconciling();
    let isAway = false;
    const watches = {
      ...test.store.watches,
      due: (nowMs: number, limit: number) =>
        isAway ? Promise.reject(new StoreUnavailableError('away')) : test.store.watches.due(nowMs, limit),
    };
    const [messageId = ''] = await test.send([DELIVERED_AFTER_A_MINUTE]);
    const replica = await test.startReplica({ store: { ...test.store, watches } });
    await replica.runOnce();
    const watch = { workspace: WORKSPACE, messageId, sentAtMs: test.now(), attempts: 5 };
    await test.store.watches.reschedule([{ ...watch, dueAtMs: test.now() + 10 * HOUR_MS }]);
    await test.elapse(10 * MINUTE_MS);
    await replica.runOnce();
    expect(await test.entries()).toEqual([]);
    isAway = true;
    await expect(replica.runOnce()).rejects.toThrow(StoreUnavailableError);
    isAway = false;
    await replica.runOnce();
    expect(await test.entries()).toHaveLength(1);
  });

  it('asks nobody for workspaces that are configured no longer, and does not stumble over them', async () => {
    const test = await openReconciling();
    await test.send([UNDELIVERED]);
    const nowMs = test.now();
    await test.store.watches.add([
      { workspace: 'former', messageId: 'm1', sentAtMs: nowMs, dueAtMs: nowMs, attempts: 0 },
    ]);
    await test.reconcileFor(2 * MINUTE_MS);
    expect((await test.entries()).map(({ report }) => report.status)).toEqual(['UNDELIVERED']);
    expect(await test.store.watches.size()).toBe(1);
  });

  it('gives a failure without a time of its own the time of its finding', async () => {
    const test = await openReconciling();
    await test.send([UNDELIVERED]);
    await test.reconcileFor(2 * MINUTE_MS);
    const [entry] = await test.entries();
    expect(entry?.report.occurredAt).toBe(entry?.report.receivedAt);
  });
});

describe('the waits of a watch', () => {
  it('grow with the age of the message, up to half a day, and end after three days', () => {
    const sentAtMs = Date.parse('2026-02-13T00:00:00Z');
    const watch = { workspace: WORKSPACE, messageId: 'm1', sentAtMs, dueAtMs: sentAtMs, attempts: 0 };
    const waitAt = (ageMs: number) => {
      const next = rescheduleWatch(watch, sentAtMs + ageMs);
      return next === null ? null : next.dueAtMs - sentAtMs - ageMs;
    };
    expect(waitAt(90 * SECOND_MS)).toBe(MINUTE_MS);
    expect(waitAt(10 * MINUTE_MS)).toBe(5 * MINUTE_MS);
    expect(waitAt(6 * HOUR_MS)).toBe(3 * HOUR_MS);
    expect(waitAt(48 * HOUR_MS)).toBe(12 * HOUR_MS);
    expect(waitAt(70 * HOUR_MS)).toBe(4 * HOUR_MS);
    expect(waitAt(74 * HOUR_MS)).toBeNull();
  });
});

describe('the budget of calls', () => {
  it('fills as time goes by, to one second at most, and makes later calls wait for retries', () => {
    const clock = createManualClock(0);
    const budget = createCallBudget(10, clock);
    const takeAll = () => {
      let taken = 0;
      while (budget.tryTake()) taken += 1;
      return taken;
    };
    expect(takeAll()).toBe(10);
    clock.advance(500);
    expect(takeAll()).toBe(5);
    clock.advance(60_000);
    expect(takeAll()).toBe(10);
    budget.charge(10);
    clock.advance(1000);
    expect(takeAll()).toBe(0);
    clock.advance(500);
    expect(takeAll()).toBe(5);
  });
});
