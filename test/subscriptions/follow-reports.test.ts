import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVERY_REPORT } from '../../src/domain/delivery-report-filter.ts';
import {
  BadUserInputError,
  CursorExpiredError,
  CursorInvalidError,
  SlowConsumerError,
  UpstreamUnavailableError,
} from '../../src/domain/errors.ts';
import { createTokenSealer } from '../../src/domain/sealed-token.ts';
import { type Store, StoreUnavailableError } from '../../src/store/store.ts';
import { type FollowReportsOptions, followReports } from '../../src/subscriptions/follow-reports.ts';
import type { Hub } from '../../src/subscriptions/hub.ts';
import { errorOf } from '../support/use-scripted-provider.ts';
import { createReport, openTestHub, openTestStore, take, WORKSPACE } from './support.ts';

const sealer = createTokenSealer('a secret that all replicas share', 'event-cursor/1');

function follow({ log }: Store, hub: Hub, changed: Partial<FollowReportsOptions> = {}) {
  const signal = new AbortController().signal;
  return followReports({
    ...{ workspace: WORKSPACE, filter: EVERY_REPORT, after: null, since: null, hub, log, sealer, signal },
    ...changed,
  });
}
const append = (store: Store, messageId: string, members = {}) =>
  store.log.append(WORKSPACE, createReport({ messageId, ...members }));

describe('the feed of delivery reports', () => {
  it('gives what comes from now on', async () => {
    const store = await openTestStore();
    await append(store, 'before');
    const source = await follow(store, await openTestHub(store));
    await append(store, 'm1', { occurredAt: '2026-02-13T10:31:00.000Z' });
    const [event] = await take(source, 1);
    expect(event?.report.messageId).toBe('m1');
    expect(event?.occurredAt).toBe('2026-02-13T10:31:00.000Z');
  });

  it('gives everything after a cursor, at another replica too', async () => {
    const store = await openTestStore();
    const source = await follow(store, await openTestHub(store));
    await append(store, 'm1');
    await append(store, 'm2');
    const [first, second] = await take(source, 2);
    await source.return();
    await append(store, 'm3');
    const elsewhere = await openTestHub(store);
    const resumed = await follow(store, elsewhere, { after: first?.cursor ?? '' });
    const [again, third] = await take(resumed, 2);
    expect(again).toEqual(second);
    expect(third?.report.messageId).toBe('m3');
  });

  it('narrows by status, part of the number, sender and message', async () => {
    const store = await openTestStore();
    const hub = await openTestHub(store);
    const narrowed = (filter: Partial<FollowReportsOptions['filter']>) =>
      follow(store, hub, { filter: { ...EVERY_REPORT, ...filter } });
    const sources = await Promise.all([
      narrowed({ statuses: ['UNDELIVERED', 'EXPIRED'] }),
      narrowed({ phoneContains: '7911' }),
      narrowed({ sender: 'Shop' }),
      narrowed({ messageIds: ['m4'] }),
    ]);
    await append(store, 'm1', { rawStatus: 'UNDELIV' });
    await append(store, 'm2', { recipient: '+447911123456' });
    await append(store, 'm3', { sender: 'Shop' });
    await append(store, 'm4');
    const first = await Promise.all(sources.map((source) => take(source, 1)));
    expect(first.flat().map((event) => event.report.messageId)).toEqual(['m1', 'm2', 'm3', 'm4']);
  });

  it('is the same event object for all who ask the same, and another for who asks otherwise', async () => {
    const store = await openTestStore();
    const hub = await openTestHub(store);
    const byStatus = (statuses: FollowReportsOptions['filter']['statuses']) =>
      follow(store, hub, { filter: { ...EVERY_REPORT, statuses } });
    const sources = await Promise.all([
      byStatus(['DELIVERED', 'EXPIRED']),
      byStatus(['EXPIRED', 'DELIVERED', 'EXPIRED']),
      byStatus(null),
    ]);
    await append(store, 'm1');
    const [one, same, other] = (await Promise.all(sources.map((source) => take(source, 1)))).flat();
    expect(same).toBe(one);
    expect(other).not.toBe(one);
    expect(other?.cursor).not.toBe(one?.cursor);
  });

  it('shows no workspace anything of another, and takes no cursor of it', async () => {
    const store = await openTestStore();
    const hub = await openTestHub(store);
    const mine = await follow(store, hub);
    const foreign = await follow(store, hub, { workspace: 'other' });
    await append(store, 'm1');
    await store.log.append('other', createReport({ messageId: 'x1' }));
    const [event] = await take(mine, 1);
    expect((await take(foreign, 1))[0]?.report.messageId).toBe('x1');
    await expect(follow(store, hub, { workspace: 'other', after: event?.cursor ?? '' })).rejects.toThrow(
      CursorInvalidError,
    );
  });

  it('takes no cursor of another filter, and none that was edited', async () => {
    const store = await openTestStore();
    const hub = await openTestHub(store);
    const source = await follow(store, hub);
    await append(store, 'm1');
    const [event] = await take(source, 1);
    const cursor = event?.cursor ?? '';
    const filter = { ...EVERY_REPORT, sender: 'Shop' };
    await expect(follow(store, hub, { after: cursor, filter })).rejects.toThrow(CursorInvalidError);
    await expect(follow(store, hub, { after: `${cursor}x` })).rejects.toThrow(CursorInvalidError);
    expect(hub.subscriberCount).toBe(1);
  });

  it('refuses a cursor that is older than what is kept, instead of beginning now', async () => {
    const store = await openTestStore();
    const hub = await openTestHub(store);
    const source = await follow(store, hub);
    await append(store, 'm1');
    await append(store, 'm2');
    const [event] = await take(source, 1);
    await store.log.trim(Date.now() + 60_000);
    await expect(follow(store, hub, { after: event?.cursor ?? '' })).rejects.toThrow(CursorExpiredError);
  });

  it('tells one that fell behind the last cursor it had, from which it misses nothing', async () => {
    const store = await openTestStore();
    const hub = await openTestHub(store, 4);
    const source = await follow(store, hub);
    await append(store, 'm0');
    const [event] = await take(source, 1);
    const witness = await follow(store, hub);
    const witnessed = take(witness, 20);
    for (let index = 1; index <= 20; index += 1) await append(store, `m${index}`);
    await witnessed;
    const error = await source.next().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SlowConsumerError);
    expect((error as SlowConsumerError).cursor).toBe(event?.cursor);
    const resumed = await follow(store, hub, { after: event?.cursor ?? '' });
    const ids = (await take(resumed, 20)).map(({ report }) => report.messageId);
    expect(ids).toEqual(Array.from({ length: 20 }, (_, index) => `m${index + 1}`));
  });

  it('ends at once when the caller hangs up', async () => {
    const store = await openTestStore();
    const hub = await openTestHub(store);
    const caller = new AbortController();
    const source = await follow(store, hub, { signal: caller.signal });
    const parked = source.next();
    caller.abort();
    expect((await parked).done).toBe(true);
    expect(hub.subscriberCount).toBe(0);
    const late = await follow(store, hub, { signal: caller.signal });
    expect((await late.next()).done).toBe(true);
    expect(hub.subscriberCount).toBe(0);
  });

  it('says that the log cannot be read when it cannot', async () => {
    const store = await openTestStore();
    const hub = await openTestHub(store);
    const source = await follow(store, hub);
    await append(store, 'm1');
    const [event] = await take(source, 1);
    const bounds = () => Promise.reject(new StoreUnavailableError('away'));
    const log = { ...store.log, bounds };
    const after = event?.cursor ?? '';
    await expect(follow({ ...store, log }, hub, { after })).rejects.toThrow(UpstreamUnavailableError);
  });
});

describe('the feed since an instant', () => {
  const START_MS = Date.parse('2026-02-13T10:30:00Z');
  const at = (ms: number) => new Date(START_MS + ms).toISOString();
  const takeIds = async (source: Awaited<ReturnType<typeof follow>>, count: number) =>
    (await take(source, count)).map((event) => event.report.messageId);

  /** A store whose clock stands at the time of the entry that is appended. */
  async function openTimedStore() {
    const clock = { nowMs: START_MS, now: () => clock.nowMs };
    const store = await openTestStore(clock);
    const appendAt = (ms: number, messageId: string) => {
      clock.nowMs = START_MS + ms;
      return append(store, messageId);
    };
    return { store, appendAt };
  }

  it('gives everything that was taken in then or later, and goes on, each once and in order', async () => {
    const { store, appendAt } = await openTimedStore();
    for (const [ms, id] of [
      [0, 'm0'],
      [999, 'm1'],
      [1000, 'm2'],
      [1000, 'm3'],
      [2000, 'm4'],
    ] as const)
      await appendAt(ms, id);
    const source = await follow(store, await openTestHub(store), { since: at(1000) });
    await appendAt(3000, 'm5');
    expect(await takeIds(source, 4)).toEqual(['m2', 'm3', 'm4', 'm5']);
  });

  it('gives exactly what came from then on, whenever that is', async () => {
    const gaps = fc.array(fc.nat(3), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(gaps, fc.nat(60), fc.nat(20), async (steps, sinceMs, lateCount) => {
        const { store, appendAt } = await openTimedStore();
        const times = steps.map((_step, index) => steps.slice(0, index + 1).reduce((sum, gap) => sum + gap));
        const earlyCount = Math.max(0, times.length - lateCount);
        for (const [index, ms] of times.slice(0, earlyCount).entries()) await appendAt(ms, `m${index}`);
        const source = await follow(store, await openTestHub(store), { since: at(sinceMs) });
        for (const [index, ms] of times.slice(earlyCount).entries())
          await appendAt(ms, `m${earlyCount + index}`);
        await appendAt(1000, 'end');
        const expected = times.flatMap((ms, index) =>
          index >= earlyCount || ms >= sinceMs ? [`m${index}`] : [],
        );
        expect(await takeIds(source, expected.length + 1)).toEqual([...expected, 'end']);
        await source.return();
      }),
      { numRuns: 15 },
    );
  }, 30_000);

  it('begins at the oldest report when that is younger', async () => {
    const { store, appendAt } = await openTimedStore();
    for (const index of [0, 1, 2, 3]) await appendAt(index * 1000, `m${index}`);
    await store.log.trim(START_MS + 1500);
    const hub = await openTestHub(store);
    for (const since of ['1970-01-01T00:00:00.000Z', '1969-01-01T00:00:00.000Z', at(1000), at(2000)])
      expect(await takeIds(await follow(store, hub, { since }), 2)).toEqual(['m2', 'm3']);
  });

  it('takes an instant in the future for now', async () => {
    const { store, appendAt } = await openTimedStore();
    await appendAt(0, 'before');
    const source = await follow(store, await openTestHub(store), { since: at(3_600_000) });
    await appendAt(1, 'm1');
    expect(await takeIds(source, 1)).toEqual(['m1']);
  });

  it('gives cursors that resume it, as any other', async () => {
    const { store, appendAt } = await openTimedStore();
    for (const index of [0, 1, 2]) await appendAt(index, `m${index}`);
    const hub = await openTestHub(store);
    const [first] = await take(await follow(store, hub, { since: at(0) }), 1);
    expect(await takeIds(await follow(store, hub, { after: first?.cursor ?? '' }), 2)).toEqual(['m1', 'm2']);
  });

  it('does not take a cursor as well', async () => {
    const store = await openTestStore();
    const hub = await openTestHub(store);
    const following = follow(store, hub, { since: at(0), after: 'a cursor' });
    await expect(following).rejects.toThrow(BadUserInputError);
    await expect(following).rejects.toThrow('Give either `after` or `since`, not both');
    expect(hub.subscriberCount).toBe(0);
  });

  it('skips nothing that is kept when it begins where an expired cursor says', async () => {
    const { store, appendAt } = await openTimedStore();
    const hub = await openTestHub(store);
    const source = await follow(store, hub);
    for (const index of [0, 1, 2, 3]) await appendAt(index * 1000, `m${index}`);
    const [event] = await take(source, 1);
    await store.log.trim(START_MS + 1500);
    const error = await errorOf(follow(store, hub, { after: event?.cursor ?? '' }));
    expect(error).toMatchObject({ code: 'CURSOR_EXPIRED', oldestAvailable: at(2000) });
    expect(String(error)).toContain(`since: "${at(2000)}"`);
    expect(await takeIds(await follow(store, hub, { since: at(2000) }), 2)).toEqual(['m2', 'm3']);
  });

  it('skips nothing of a log that was started anew, also when it is empty', async () => {
    const { store, appendAt } = await openTimedStore();
    const source = await follow(store, await openTestHub(store));
    await appendAt(0, 'gone');
    const [event] = await take(source, 1);
    const anew = await openTimedStore();
    const hub = await openTestHub(anew.store);
    const after = event?.cursor ?? '';
    const empty = await errorOf(follow(anew.store, hub, { after }));
    expect(empty).toMatchObject({ oldestAvailable: '1970-01-01T00:00:00.000Z' });
    await anew.appendAt(5000, 'm1');
    const begun = await errorOf(follow(anew.store, hub, { after }));
    expect(begun).toMatchObject({ oldestAvailable: at(5000) });
    for (const since of ['1970-01-01T00:00:00.000Z', at(5000)])
      expect(await takeIds(await follow(anew.store, hub, { since }), 1)).toEqual(['m1']);
  });

  it('says to try again while the store is away', async () => {
    const store = await openTestStore();
    const hub = await openTestHub(store);
    const bounds = () => Promise.reject(new StoreUnavailableError('away'));
    const following = follow({ ...store, log: { ...store.log, bounds } }, hub, { since: at(0) });
    await expect(following).rejects.toThrow(UpstreamUnavailableError);
  });
});
