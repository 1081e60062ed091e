import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createStatusTally } from '../../scripts/torture/status-tally.ts';
import { loadConfig } from '../../src/config.ts';
import { createLogger } from '../../src/logger.ts';
import { type Gateway, startGateway } from '../../src/start-gateway.ts';
import {
  FEED_QUERY,
  FEED_SINCE_QUERY,
  type FeedData,
  STATUS_QUERY,
  STATUS_SINCE_QUERY,
  type StatusData,
} from '../support/follow-queries.ts';
import { type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts';
import { countSubscribers, type OpenSubscription, openSubscription } from '../support/open-subscription.ts';
import type { ScriptedUpstream } from '../support/scripted-upstream.ts';
import { startSentProvider } from '../support/sent-provider.ts';
import { type PostedReport, postReport } from '../support/signed-report.ts';
import { type Subscribe, subscribeOverSocket, subscribeOverStream } from '../support/subscribe-once.ts';

const SECRET = 'the webhook secret of the test';
const TRANSPORTS: readonly (readonly [string, Subscribe])[] = [
  ['WebSocket', subscribeOverSocket],
  ['SSE', subscribeOverStream],
];

let provider: ScriptedUpstream;
let folder: string;
beforeAll(async () => {
  provider = await startSentProvider();
});
afterAll(() => provider.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'resume-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const environment = (changes: Readonly<Record<string, string>> = {}) => ({
  PORT: '0',
  HOME: folder,
  STORE_URL: `file:${join(folder, 'data')}`,
  SMS_API_URL: provider.baseUrl,
  SMS_API_KEY: 'sk_prod_of_the_test',
  METRICS: 'public',
  WEBHOOK_SECRETS: SECRET,
  AUTH: 'none',
  DRAIN_NOTICE_MS: '0',
  ...changes,
});

type Feed = OpenSubscription<FeedData>;

const openFeed = (subscribe: Subscribe, url: string, after: string | null = null): Feed =>
  openSubscription<FeedData>(subscribe, { url, query: FEED_QUERY, after });

/** The next event of a feed as `<message> <status>`, and its cursor. */
async function take(feed: Feed): Promise<{ readonly text: string; readonly cursor: string }> {
  const { cursor, report } = (await feed.next()).deliveryReportReceived;
  return { text: `${report.messageId} ${report.rawStatus}`, cursor };
}

const post = (url: string, report: PostedReport): Promise<number> => postReport(url, report, SECRET);

describe('a gateway with its store in a folder', () => {
  const running: GatewayProcess[] = [];
  afterEach(() => Promise.all(running.splice(0).map((gateway) => gateway.kill())));

  async function start(): Promise<GatewayProcess> {
    const gateway = await startGatewayProcess(environment());
    running.push(gateway);
    return gateway;
  }

  it('goes on where each client was, after a restart and after kill -9', async () => {
    const first = await start();
    const feeds = TRANSPORTS.map(([, subscribe]) => openFeed(subscribe, first.url));
    const follow = (url: string, after: string | null) => {
      const options = { url, query: STATUS_QUERY, variables: { ids: ['m-1'] }, after };
      return openSubscription<StatusData>(subscribeOverSocket, options);
    };
    const follower = follow(first.url, null);
    const opening = (await follower.next()).messageStatusChanged;
    expect(opening).toMatchObject({ previousStatus: null, status: 'SENT' });
    await expect.poll(() => countSubscribers(first.url)).toBe(3);
    expect(await post(first.url, { messageId: 'm-1', status: 'ENROUTE' })).toBe(204);
    const seen = await Promise.all(feeds.map(take));
    expect(seen.map(({ text }) => text)).toEqual(['m-1 ENROUTE', 'm-1 ENROUTE']);
    expect(seen[0]?.cursor).toBe(seen[1]?.cursor);
    const told = (await follower.next()).messageStatusChanged;
    expect(told).toMatchObject({ previousStatus: 'SENT', status: 'EN_ROUTE' });

    first.signal('SIGTERM');
    const overs = [...feeds, follower].map(({ over }) => over);
    expect(await Promise.all(overs)).toEqual(['closed 1012', 'ended', 'closed 1012']);
    expect(await first.ended).toEqual({ code: 0, signal: null });

    const second = await start();
    expect(await post(second.url, { messageId: 'm-2' })).toBe(204);
    expect(await post(second.url, { messageId: 'm-1', status: 'ACCEPTD' })).toBe(204);
    await second.kill();

    const third = await start();
    const resumed = TRANSPORTS.map(([, subscribe], index) =>
      openFeed(subscribe, third.url, seen[index]?.cursor),
    );
    const followed = follow(third.url, told.cursor);
    expect((await followed.next()).messageStatusChanged).toMatchObject({
      previousStatus: 'EN_ROUTE',
      status: 'ACCEPTED',
    });
    await expect.poll(() => countSubscribers(third.url)).toBe(3);
    // What was taken in before the kill is not taken in again after it.
    expect(await post(third.url, { messageId: 'm-2' })).toBe(204);
    expect(await post(third.url, { messageId: 'm-1' })).toBe(204);
    for (const feed of resumed) {
      const texts = [await take(feed), await take(feed), await take(feed)].map(({ text }) => text);
      expect(texts).toEqual(['m-2 DELIVRD', 'm-1 ACCEPTD', 'm-1 DELIVRD']);
    }
    expect((await followed.next()).messageStatusChanged).toMatchObject({
      previousStatus: 'ACCEPTED',
      status: 'DELIVERED',
    });
    expect(await followed.over).toBe('complete');
    await Promise.all(resumed.map((feed) => feed.leave()));
  }, 60_000);
});

describe('in one process', () => {
  const running: Gateway[] = [];
  afterEach(() => Promise.all(running.splice(0).map((gateway) => gateway.drain())));

  async function start(changes: Readonly<Record<string, string>> = {}): Promise<Gateway> {
    const gateway = await startGateway(loadConfig(environment(changes)), { logger: createLogger('silent') });
    running.push(gateway);
    return gateway;
  }

  /** The cursors of three reports, one after the other. */
  async function takeCursors(gateway: Gateway): Promise<readonly string[]> {
    const feed = openFeed(subscribeOverSocket, gateway.url);
    await expect.poll(() => gateway.parts.hub.subscriberCount).toBe(1);
    for (const messageId of ['m-1', 'm-2', 'm-3']) expect(await post(gateway.url, { messageId })).toBe(204);
    const cursors = [await take(feed), await take(feed), await take(feed)].map(({ cursor }) => cursor);
    await feed.leave();
    return cursors;
  }

  describe.each(TRANSPORTS)('a cursor over %s', (_name, subscribe) => {
    const refusalOf = async ({ url }: Gateway, after: string, query = FEED_QUERY, variables = {}) => {
      const subscription = openSubscription<unknown>(subscribe, { url, query, after, variables });
      await expect(subscription.next()).rejects.toThrow();
      return subscription.over;
    };

    it('is refused when it was edited, or is of another question or another gateway', async () => {
      const gateway = await start();
      const [cursor = ''] = await takeCursors(gateway);
      const edited = `${cursor.startsWith('W') ? 'X' : 'W'}${cursor.slice(1)}`;
      expect(await refusalOf(gateway, edited)).toBe('CURSOR_INVALID');
      expect(await refusalOf(gateway, 'not a cursor')).toBe('CURSOR_INVALID');
      const filter = { statuses: ['DELIVERED'] };
      expect(await refusalOf(gateway, cursor, FEED_QUERY, { filter })).toBe('CURSOR_INVALID');
      expect(await refusalOf(gateway, cursor, STATUS_QUERY, { ids: ['m-1'] })).toBe('CURSOR_INVALID');
      const foreign = await start({
        SMS_API_KEY: 'sk_prod_of_another',
        STORE_URL: `file:${join(folder, 'other')}`,
      });
      expect(await refusalOf(foreign, cursor)).toBe('CURSOR_INVALID');
    });

    it('has expired in a store that begins anew, and when what came after it was forgotten', async () => {
      const gateway = await start();
      const [first = '', second = '', third = ''] = await takeCursors(gateway);
      const anew = await start({ STORE_URL: `file:${join(folder, 'anew')}` });
      expect(await refusalOf(anew, third)).toBe('CURSOR_EXPIRED');
      const { log } = gateway.parts.store;
      const [, entry] = await log.read('0-0', 2);
      await log.trim(Number(entry?.position.split('-')[0]) + 1);
      const { trimmedUpTo } = await log.bounds();
      expect(trimmedUpTo).toBe(entry?.position);
      expect(await refusalOf(gateway, first)).toBe('CURSOR_EXPIRED');
      const feed = openFeed(subscribe, gateway.url, second);
      expect((await take(feed)).cursor).toBe(third);
      await feed.leave();
    });

    it('that has expired says since when to begin anew, and nothing that is kept is skipped', async () => {
      const gateway = await start();
      const { url } = gateway;
      const [first = ''] = await takeCursors(gateway);
      const { log } = gateway.parts.store;
      const [, entry] = await log.read('0-0', 2);
      await log.trim(Number(entry?.position.split('-')[0]) + 1);
      const refusals: Readonly<Record<string, unknown>>[] = [];
      const onRefused = (extensions: Readonly<Record<string, unknown>>) => refusals.push(extensions);
      const refused = openSubscription(subscribe, { url, query: FEED_QUERY, after: first, onRefused });
      expect(await refused.over).toBe('CURSOR_EXPIRED');
      const since = refusals[0]?.['oldestAvailable'];
      expect(since).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

      const feed = openSubscription<FeedData>(subscribe, {
        url,
        query: FEED_SINCE_QUERY,
        variables: { since },
      });
      const third = await take(feed);
      expect(third.text).toBe('m-3 DELIVRD');
      expect(await post(url, { messageId: 'm-4' })).toBe(204);
      const fourth = await take(feed);
      expect(fourth.text).toBe('m-4 DELIVRD');
      await feed.leave();

      const follower = openSubscription<StatusData>(subscribe, {
        ...{ url, query: STATUS_SINCE_QUERY },
        variables: { ids: ['m-3', 'm-2'], since },
      });
      const told = [await follower.next(), await follower.next()].map((data) => data.messageStatusChanged);
      expect(told).toMatchObject([
        { previousStatus: null, status: 'SENT', message: { messageId: 'm-2' } }, // its report is gone
        { previousStatus: null, status: 'DELIVERED', message: { messageId: 'm-3' } },
      ]);
      await follower.leave();
    });
  });

  it('a cursor and an instant exclude each other, but for a browser that comes back by itself', async () => {
    const gateway = await start();
    const { url } = gateway;
    const [first = ''] = await takeCursors(gateway);
    const options = {
      url,
      query: FEED_SINCE_QUERY,
      variables: { since: '2026-02-13T10:30:04Z' },
      after: first,
    };
    expect(await openSubscription(subscribeOverSocket, options).over).toBe('BAD_USER_INPUT');
    const feed = openSubscription<FeedData>(subscribeOverStream, options);
    expect((await take(feed)).text).toBe('m-2 DELIVRD');
    await feed.leave();
  });

  it.each(['yesterday', '2026-13-45T10:30:04Z'])(
    'refuses %s as an instant, with a sentence',
    async (since) => {
      const { url } = await start();
      const options = { url, query: FEED_SINCE_QUERY, variables: { since } };
      expect(await openSubscription(subscribeOverSocket, options).over).toBe('BAD_USER_INPUT');
    },
  );

  it('leaves no gap between the state that opens a subscription and the reports of that very moment', async () => {
    const gateway = await start();
    for (let round = 0; round < ROUNDS; round += 1) {
      const ids = [`m-${round}`];
      const tally = createStatusTally(ids);
      const options = { url: gateway.url, query: STATUS_QUERY, variables: { ids }, after: null };
      const { signal } = new AbortController();
      const posted = postSteps(gateway.url, ids[0] ?? '');
      for (let turn = 0; turn < (round * STRIDE) % LATEST_TURN; turn += 1) await nextTurn();
      const subscribe = round % 2 === 0 ? subscribeOverSocket : subscribeOverStream;
      expect(await subscribe({ ...options, onData: tally.take, signal })).toBe('complete');
      expect(await posted).toEqual([204, 204, 204]);
      const { wrong, duplicates, unfinished } = tally;
      expect({ round, wrong, duplicates, unfinished }).toEqual({
        ...{ round, wrong: 0, duplicates: 0, unfinished: 0 },
      });
    }
  });
});

const ROUNDS = 100;
/** Reports begin to come; so many turns of the event loop later, another number in each round, somebody subscribes. */
const LATEST_TURN = 211;
const STRIDE = 17;

async function postSteps(url: string, messageId: string): Promise<readonly number[]> {
  const answers: number[] = [];
  for (const status of ['ENROUTE', 'ACCEPTD', 'DELIVRD'])
    answers.push(await post(url, { messageId, status }));
  return answers;
}
