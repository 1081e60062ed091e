import { describe, expect, it } from 'vitest';
import { BadUserInputError, CursorInvalidError, UpstreamUnavailableError } from '../../src/domain/errors.ts';
import type { Message } from '../../src/domain/message.ts';
import { createTokenSealer } from '../../src/domain/sealed-token.ts';
import { type Store, StoreUnavailableError } from '../../src/store/store.ts';
import { type FollowMessagesOptions, followMessages } from '../../src/subscriptions/follow-messages.ts';
import type { Hub } from '../../src/subscriptions/hub.ts';
import type { MessageStatusChanged } from '../../src/subscriptions/status-follower.ts';
import { errorOf } from '../support/use-scripted-provider.ts';
import {
  createMessage,
  createReport,
  openTestHub,
  openTestStore,
  silentLogger,
  take,
  WORKSPACE,
} from './support.ts';

const sealer = createTokenSealer('a secret that all replicas share', 'event-cursor/1');
const clock = { now: () => Date.parse('2026-02-13T10:30:10Z') };

/** A provider that knows these messages. */
const providerOf = (...messages: readonly (Message | Error)[]): FollowMessagesOptions['provider'] => ({
  loadMessages: async (messageIds) =>
    messageIds.map(
      (messageId, index) =>
        messages.find((message) => !(message instanceof Error) && message.messageId === messageId) ??
        (messages[index] instanceof Error ? messages[index] : null),
    ),
});

function follow(store: Store, hub: Hub, changed: Partial<FollowMessagesOptions> = {}) {
  const { signal } = new AbortController();
  return followMessages({
    ...{ workspace: WORKSPACE, messageIds: ['m1'], after: null, since: null },
    ...{ hub, store, sealer, clock, signal },
    ...{ logger: silentLogger, provider: providerOf(createMessage({ messageId: 'm1' })) },
    ...changed,
  });
}
const append = (store: Store, messageId: string, rawStatus: string, members = {}) =>
  store.log.append(WORKSPACE, createReport({ messageId, rawStatus, ...members }));
const describeEvent = ({ message, previousStatus, status }: MessageStatusChanged) =>
  `${message.messageId} ${previousStatus ?? '-'} > ${status}`;
const two = {
  messageIds: ['m2', 'm1'],
  provider: providerOf(
    createMessage({ messageId: 'm1' }),
    createMessage({ messageId: 'm2', rawStatus: 'pending' }),
  ),
};

async function collect<Event>(source: AsyncIterable<Event>): Promise<Event[]> {
  const events: Event[] = [];
  for await (const event of source) events.push(event);
  return events;
}

describe('following messages', () => {
  it('opens with the current state of each, gives each change, and completes when all are final', async () => {
    const store = await openTestStore();
    const hub = await openTestHub(store);
    const source = await follow(store, hub, two);
    await append(store, 'm2', 'ENROUTE');
    await append(store, 'm1', 'DELIVRD');
    await append(store, 'm1', 'sent');
    await append(store, 'm2', 'EXPIRED');
    expect((await collect(source)).map(describeEvent)).toEqual([
      'm2 - > PENDING',
      'm1 - > SENT',
      'm2 PENDING > EN_ROUTE',
      'm1 SENT > DELIVERED',
      'm2 EN_ROUTE > EXPIRED',
    ]);
    expect(hub.subscriberCount).toBe(0);
  });

  it('shows the message as the report says, with time and reason', async () => {
    const store = await openTestStore();
    const source = await follow(store, await openTestHub(store));
    const occurredAt = '2026-02-13T10:30:04.000Z';
    await append(store, 'm1', 'DELIVRD', { statusCode: '000', occurredAt });
    const [, delivered] = await collect(source);
    expect(delivered).toMatchObject({ occurredAt, previousStatus: 'SENT', status: 'DELIVERED' });
    expect(delivered?.message).toEqual(
      createMessage({
        messageId: 'm1',
        rawStatus: 'DELIVRD',
        statusCode: '000',
        deliveredAt: occurredAt,
      }),
    );
  });

  it('opens with what the timeline knows better than the provider, and completes at once when that is final', async () => {
    const store = await openTestStore();
    await append(store, 'm1', 'DELIVRD');
    const source = await follow(store, await openTestHub(store));
    expect((await collect(source)).map(describeEvent)).toEqual(['m1 - > DELIVERED']);
  });

  it('misses nothing that changes while the messages are read', async () => {
    const store = await openTestStore();
    const hub = await openTestHub(store);
    const provider: FollowMessagesOptions['provider'] = {
      async loadMessages() {
        const snapshot = createMessage({ messageId: 'm1', rawStatus: 'pending' });
        const witness = hub.subscribe({ workspace: WORKSPACE, messageIds: null }, null);
        await append(store, 'm1', 'DELIVRD');
        await witness.next();
        return [snapshot];
      },
    };
    const events = await collect(await follow(store, hub, { provider }));
    expect(events.at(-1)?.status).toBe('DELIVERED');
  });

  it('repeats no status that the opening told, although its report comes after', async () => {
    const store = await openTestStore();
    const hub = await openTestHub(store);
    const provider = providerOf(
      createMessage({ messageId: 'm1', rawStatus: 'DELIVRD' }),
      createMessage({ messageId: 'm2' }),
    );
    const source = await follow(store, hub, { messageIds: ['m1', 'm2'], provider });
    await append(store, 'm1', 'DELIVRD');
    await append(store, 'm2', 'DELIVRD');
    expect((await collect(source)).map(describeEvent)).toEqual([
      'm1 - > DELIVERED',
      'm2 - > SENT',
      'm2 SENT > DELIVERED',
    ]);
  });

  it('gives a late contradicting final no event', async () => {
    const store = await openTestStore();
    const source = await follow(store, await openTestHub(store), two);
    await append(store, 'm1', 'UNDELIV');
    await append(store, 'm1', 'DELIVRD');
    await append(store, 'm2', 'DELIVRD');
    expect((await collect(source)).slice(2).map(describeEvent)).toEqual([
      'm1 SENT > UNDELIVERED',
      'm2 PENDING > DELIVERED',
    ]);
  });

  it('follows an id once that is named twice, and takes the ids in any order for the cursor', async () => {
    const store = await openTestStore();
    const hub = await openTestHub(store);
    const source = await follow(store, hub, { ...two, messageIds: ['m1', 'm2', 'm1'] });
    const opening = await take(source, 2);
    const resumed = await follow(store, hub, { ...two, after: opening[1]?.cursor ?? '' });
    await append(store, 'm1', 'DELIVRD');
    expect((await take(resumed, 1)).map(describeEvent)).toEqual(['m1 SENT > DELIVERED']);
  });

  it('is the same event object for all who follow the same and were told the same', async () => {
    const store = await openTestStore();
    const hub = await openTestHub(store);
    const sources = await Promise.all([follow(store, hub), follow(store, hub), follow(store, hub, two)]);
    await append(store, 'm1', 'DELIVRD');
    const [one, same, other] = await Promise.all(
      sources.map(async (source, index) => (await take(source, index === 2 ? 3 : 2)).at(-1)),
    );
    expect(same).toBe(one);
    expect(other).not.toBe(one);
  });
});

describe('resuming to follow messages', () => {
  it('gives from every cursor exactly the events that came after it', async () => {
    const store = await openTestStore();
    const hub = await openTestHub(store);
    const source = await follow(store, hub, two);
    await append(store, 'm2', 'sent');
    await append(store, 'm1', 'DELIVRD');
    await append(store, 'm2', 'UNDELIV');
    const events = await collect(source);
    const final = providerOf(
      createMessage({ messageId: 'm1', rawStatus: 'DELIVRD' }),
      createMessage({ messageId: 'm2', rawStatus: 'UNDELIV' }),
    );
    for (const [index, { cursor }] of events.entries()) {
      if (index === 0) continue; // its opening was cut: the next test
      const resumed = await follow(store, await openTestHub(store), {
        ...two,
        provider: final,
        after: cursor,
      });
      const rest = await collect(resumed);
      expect(rest.map(describeEvent)).toEqual(events.slice(index + 1).map(describeEvent));
      expect(rest.map((event) => event.cursor)).toEqual(events.slice(index + 1).map((event) => event.cursor));
      rest.forEach(({ status, message }) => {
        expect(message.status).toBe(status);
      });
    }
  });

  it('opens those messages that a cut opening had left out, and only those', async () => {
    const store = await openTestStore();
    const hub = await openTestHub(store);
    const [first] = await take(await follow(store, hub, two), 1);
    await append(store, 'm1', 'DELIVRD');
    await append(store, 'm2', 'DELIVRD');
    const resumed = await follow(store, hub, { ...two, after: first?.cursor ?? '' });
    expect((await collect(resumed)).map(describeEvent)).toEqual([
      'm1 - > DELIVERED',
      'm2 PENDING > DELIVERED',
    ]);
  });

  it('completes at once after the last event', async () => {
    const store = await openTestStore();
    const hub = await openTestHub(store);
    await append(store, 'm1', 'DELIVRD');
    const [last] = await collect(await follow(store, hub));
    expect(await collect(await follow(store, hub, { after: last?.cursor ?? '' }))).toEqual([]);
  });

  it('takes no cursor of other messages or of another workspace', async () => {
    const store = await openTestStore();
    const hub = await openTestHub(store);
    const [opening] = await take(await follow(store, hub), 1);
    const after = opening?.cursor ?? '';
    await expect(follow(store, hub, { ...two, after })).rejects.toThrow(CursorInvalidError);
    await expect(follow(store, hub, { workspace: 'other', after })).rejects.toThrow(CursorInvalidError);
  });
});

describe('following messages since an instant', () => {
  const START_MS = Date.parse('2026-02-13T10:30:00Z');
  const since = new Date(START_MS + 1000).toISOString();

  /** `m1` went on after the instant, `m2` was known before and went on, `m3` ended before, of `m4` no report came. */
  async function openStory() {
    const clock = { nowMs: START_MS, now: () => clock.nowMs };
    const store = await openTestStore(clock);
    await append(store, 'm2', 'sent');
    await append(store, 'm3', 'DELIVRD');
    clock.nowMs += 1000;
    await append(store, 'm1', 'ENROUTE');
    await append(store, 'm3', 'UNDELIV'); // contradicts what is settled: no change
    await append(store, 'm2', 'ENROUTE');
    await append(store, 'm1', 'DELIVRD');
    const messageIds = ['m1', 'm2', 'm3', 'm4'];
    const provider = providerOf(...messageIds.map((messageId) => createMessage({ messageId })));
    return { store, hub: await openTestHub(store), options: { messageIds, provider, since } };
  }
  const STORY = [
    'm3 - > DELIVERED',
    'm4 - > SENT',
    'm1 - > EN_ROUTE',
    'm2 SENT > EN_ROUTE',
    'm1 EN_ROUTE > DELIVERED',
  ];
  const END = ['m2 EN_ROUTE > DELIVERED', 'm4 SENT > EXPIRED'];

  it('tells the changes since then, the state of those without one, and goes on until all are final', async () => {
    const { store, hub, options } = await openStory();
    const source = await follow(store, hub, options);
    await append(store, 'm2', 'DELIVRD');
    await append(store, 'm4', 'EXPIRED');
    const events = await collect(source);
    expect(events.map(describeEvent)).toEqual([...STORY, ...END]);
    for (const { message, status } of events) expect(message.status).toBe(status);
  });

  it('is resumed from every one of its cursors without a repeat or a gap', async () => {
    const { store, hub, options } = await openStory();
    const source = await follow(store, hub, options);
    await append(store, 'm2', 'DELIVRD');
    await append(store, 'm4', 'EXPIRED');
    const events = await collect(source);
    for (const [index, { cursor }] of events.entries()) {
      if (index === 0) continue; // m4 was to open yet: it opens as it is by then
      const resumed = await follow(store, hub, { ...options, since: null, after: cursor });
      expect((await collect(resumed)).map(describeEvent)).toEqual([...STORY, ...END].slice(index + 1));
    }
  });

  it('tells what came while the messages were read as a change', async () => {
    const store = await openTestStore();
    const hub = await openTestHub(store);
    const readMessages: Store['log']['readMessages'] = async (...asked) => {
      await append(store, 'm1', 'DELIVRD');
      return store.log.readMessages(...asked);
    };
    const log = { ...store.log, readMessages };
    const source = await follow({ ...store, log }, hub, { since: '2030-01-01T00:00:00.000Z' });
    expect((await collect(source)).map(describeEvent)).toEqual(['m1 - > DELIVERED']);
  });

  it('does not take a cursor as well', async () => {
    const store = await openTestStore();
    const following = follow(store, await openTestHub(store), { since, after: 'a cursor' });
    await expect(following).rejects.toThrow('Give either `after` or `since`, not both');
  });

  it('says so when the log is trimmed before the changes are read', async () => {
    const { store, hub, options } = await openStory();
    const source = await follow(store, hub, options);
    await store.log.trim(START_MS + 60_000);
    await take(source, 2);
    const late = await errorOf(take(source, 1));
    expect(late).toMatchObject({ code: 'CURSOR_EXPIRED', oldestAvailable: since });
  });
});

describe('what following needs', () => {
  it('names the ids that the provider does not know', async () => {
    const store = await openTestStore();
    const hub = await openTestHub(store);
    const refused = follow(store, hub, { ...two, messageIds: ['m1', 'gone', 'm2', 'lost'] });
    await expect(refused).rejects.toThrow(BadUserInputError);
    await expect(refused).rejects.toThrow('"gone", "lost"');
    expect(hub.subscriberCount).toBe(0);
  });

  it('fails as reading the messages fails, and leaves no subscriber behind', async () => {
    const store = await openTestStore();
    const hub = await openTestHub(store);
    const provider = providerOf(new UpstreamUnavailableError('away', true));
    await expect(follow(store, hub, { provider })).rejects.toThrow('away');
    expect(hub.subscriberCount).toBe(0);
  });

  it('watches what is not final, so that a report that never comes is asked for', async () => {
    const store = await openTestStore();
    const provider = providerOf(
      createMessage({ messageId: 'm1', createdAt: '2026-02-13T10:30:00.000Z' }),
      createMessage({ messageId: 'm2', createdAt: '2026-02-12T08:00:00.000Z' }),
      createMessage({ messageId: 'm3', rawStatus: 'EXPIRED' }),
    );
    await follow(store, await openTestHub(store), { messageIds: ['m1', 'm2', 'm3'], provider });
    const watches = await store.watches.due(Number.MAX_SAFE_INTEGER, 10);
    expect(watches).toEqual([
      {
        workspace: WORKSPACE,
        messageId: 'm2',
        sentAtMs: Date.parse('2026-02-12T08:00:00Z'),
        dueAtMs: Date.parse('2026-02-13T10:30:15Z'),
        attempts: 0,
      },
      {
        workspace: WORKSPACE,
        messageId: 'm1',
        sentAtMs: Date.parse('2026-02-13T10:30:00Z'),
        dueAtMs: Date.parse('2026-02-13T10:31:30Z'),
        attempts: 0,
      },
    ]);
  });

  it('watches what ended without the caller having been told', async () => {
    const store = await openTestStore();
    const hub = await openTestHub(store);
    const [opening] = await take(await follow(store, hub), 1);
    await store.watches.remove(WORKSPACE, ['m1']);
    const provider = providerOf(createMessage({ messageId: 'm1', rawStatus: 'DELIVRD' }));
    const resumed = await follow(store, hub, { provider, after: opening?.cursor ?? '' });
    expect(await store.watches.size()).toBe(1);
    await append(store, 'm1', 'DELIVRD', { isRecovered: true });
    expect((await collect(resumed)).map(describeEvent)).toEqual(['m1 SENT > DELIVERED']);
  });

  it('follows although the watch list is away', async () => {
    const store = await openTestStore();
    const add = () => Promise.reject(new StoreUnavailableError('away'));
    const source = await follow({ ...store, watches: { ...store.watches, add } }, await openTestHub(store));
    expect((await take(source, 1)).map(describeEvent)).toEqual(['m1 - > SENT']);
  });
});
