import { describe, expect, it } from 'vitest';
import { EVERY_REPORT } from '../../src/domain/delivery-report-filter.ts';
import {
  CursorExpiredError,
  CursorInvalidError,
  SlowConsumerError,
  UpstreamUnavailableError,
} from '../../src/domain/errors.ts';
import { createTokenSealer } from '../../src/domain/sealed-token.ts';
import { type Store, StoreUnavailableError } from '../../src/store/store.ts';
import { type FollowReportsOptions, followReports } from '../../src/subscriptions/follow-reports.ts';
import type { Hub } from '../../src/subscriptions/hub.ts';
import { createReport, openTestHub, openTestStore, take, WORKSPACE } from './support.ts';

const sealer = createTokenSealer('a secret that all replicas share', 'event-cursor/1');

function follow({ log }: Store, hub: Hub, changed: Partial<FollowReportsOptions> = {}) {
  const signal = new AbortController().signal;
  return followReports({
    ...{ workspace: WORKSPACE, filter: EVERY_REPORT, after: null, hub, log, sealer, signal },
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
    const bounds = () => Promise.reject(new StoreUnavailableError('away'));
    const log = { ...store.log, bounds };
    await expect(follow({ ...store, log }, hub, { after: 'any' })).rejects.toThrow(UpstreamUnavailableError);
  });
});
