import { once } from 'node:events';
import { connect } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createStatusTally } from '../../scripts/torture/status-tally.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { FEED_QUERY, FEED_SINCE_QUERY, type FeedData, STATUS_QUERY } from '../support/follow-queries.ts';
import { type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts';
import { countSubscribers, type OpenSubscription, openSubscription } from '../support/open-subscription.ts';
import { type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { type PostedReport, postReport } from '../support/signed-report.ts';
import { type Subscribe, subscribeOverSocket, subscribeOverStream } from '../support/subscribe-once.ts';

const SECRET = 'the webhook secret of the test';
const KEY = 'sk_prod_of_the_test';
const RECIPIENT_LIMIT = 4;
/** Two seconds, and what a busy machine takes besides; the provider waits five. */
const STORE_PATIENCE_MS = 4_800;

let redis: RedisServer;
let simulator: Simulator;
let one: GatewayProcess;
let other: GatewayProcess;

beforeAll(async () => {
  redis = await startRedisServer();
  simulator = await startSimulator({
    accounts: [{ id: 'default', keys: [{ key: KEY }], balance: '1000' }],
    timings: { sentAfterMs: 1, deliveredAfterMs: 3_600_000 },
  });
  const env = {
    STORE_URL: redis.url,
    SMS_API_URL: simulator.url,
    SMS_API_KEY: KEY,
    METRICS: 'public',
    WEBHOOK_SECRETS: SECRET,
    AUTH: 'none',
    DRAIN_NOTICE_MS: '0',
    GUARD_RECIPIENT_PER_HOUR: String(RECIPIENT_LIMIT),
  };
  [one, other] = await Promise.all([startGatewayProcess(env), startGatewayProcess(env)]);
}, 60_000);

afterAll(async () => {
  await Promise.all([one, other].map((gateway) => gateway?.kill()));
  await simulator?.close();
  await redis?.stop();
});

type Feed = OpenSubscription<FeedData>;

/** Resolves when the gateway knows of it. */
async function openFeed(subscribe: Subscribe, { url }: GatewayProcess, after: string | null): Promise<Feed> {
  const before = await countSubscribers(url);
  const feed = openSubscription<FeedData>(subscribe, { url, query: FEED_QUERY, after });
  await expect.poll(() => countSubscribers(url)).toBe(before + 1);
  return feed;
}

/** Resolves when the gateway knows that it is gone. */
async function leaveFeed(feed: Feed, { url }: GatewayProcess): Promise<void> {
  await feed.leave();
  await expect.poll(() => countSubscribers(url)).toBe(0);
}

const takeEvent = async (feed: Feed) => (await feed.next()).deliveryReportReceived;

const post = ({ url }: GatewayProcess, report: PostedReport): Promise<number> =>
  postReport(url, report, SECRET);

interface SendOutcome {
  readonly __typename: string;
  readonly code?: string;
  readonly isSafeToRetry?: boolean;
  readonly isReplay?: boolean;
  readonly recipients?: readonly { readonly messageId: string }[];
}

const SEND = `mutation ($input: SendSmsInput!) { sendSms(input: $input) {
  __typename
  ... on SendResult { isReplay recipients { messageId } }
  ... on UserError { code }
  ... on UpstreamUnavailableError { isSafeToRetry }
} }`;

async function send(
  { graphqlUrl }: GatewayProcess,
  to: string,
  idempotencyKey: string,
): Promise<SendOutcome> {
  const input = { to: [to], text: 'Your code is 1234', sender: 'MyApp', idempotencyKey };
  const response = await fetch(graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: SEND, variables: { input } }),
  });
  const { data } = (await response.json()) as { readonly data: { readonly sendSms: SendOutcome } };
  return data.sendSms;
}

const failingParts = async ({ url }: GatewayProcess): Promise<readonly string[]> => {
  const answer = await fetch(`${url}/readyz`);
  const { failing } = (await answer.json()) as { readonly failing: readonly string[] };
  expect(answer.status).toBe(failing.length === 0 ? 200 : 503);
  return failing;
};

describe('two replicas on one Redis', () => {
  it('hand each report to the subscribers of both, once, under one cursor that both know', async () => {
    const feedOfOne = await openFeed(subscribeOverSocket, one, null);
    const feedOfOther = await openFeed(subscribeOverStream, other, null);
    const answers = await Promise.all([one, other, one].map((at) => post(at, { messageId: 'm-1' })));
    expect(answers).toEqual([204, 204, 204]);
    expect(await post(other, { messageId: 'm-2' })).toBe(204);
    const seen = [await takeEvent(feedOfOne), await takeEvent(feedOfOne)] as const;
    expect([await takeEvent(feedOfOther), await takeEvent(feedOfOther)]).toEqual(seen);
    expect(seen.map(({ report }) => report.messageId)).toEqual(['m-1', 'm-2']);
    await leaveFeed(feedOfOne, one);
    await leaveFeed(feedOfOther, other);

    for (const subscribe of [subscribeOverSocket, subscribeOverStream]) {
      const resumed = await openFeed(subscribe, other, seen[0].cursor);
      expect(await takeEvent(resumed)).toEqual(seen[1]);
      await leaveFeed(resumed, other);
    }
  });

  it('begin at an instant in what the other took in', async () => {
    const since = new Date().toISOString();
    for (const messageId of ['m-since-1', 'm-since-2']) expect(await post(one, { messageId })).toBe(204);
    for (const subscribe of [subscribeOverSocket, subscribeOverStream]) {
      const options = { url: other.url, query: FEED_SINCE_QUERY, variables: { since } };
      const feed = openSubscription<FeedData>(subscribe, options);
      const seen = [await takeEvent(feed), await takeEvent(feed)];
      expect(seen.map(({ report }) => report.messageId)).toEqual(['m-since-1', 'm-since-2']);
      await leaveFeed(feed, other);
    }
  });

  it('leave no gap between the state told by one and a report that comes to the other at that moment', async () => {
    const to = Array.from({ length: ROUNDS }, (_, round) => `+44740000${1000 + round * 7}`);
    const sent = await Promise.all(to.map((recipient) => send(one, recipient, `gap-${recipient}`)));
    for (const [round, { recipients = [] }] of sent.entries()) {
      const ids = recipients.map(({ messageId }) => messageId);
      const tally = createStatusTally(ids);
      const steps = postSteps(round % 2 === 0 ? one : other, ids[0] ?? '');
      for (let turn = 0; turn < (round * STRIDE) % LATEST_TURN; turn += 1) await nextTurn();
      const end = await subscribeOverSocket({
        ...{ url: other.url, query: STATUS_QUERY, variables: { ids }, after: null },
        onData: tally.take,
        signal: new AbortController().signal,
      });
      expect(await steps).toEqual([204, 204, 204]);
      const { wrong, unfinished } = tally;
      expect({ round, end, wrong, unfinished }).toEqual({ round, end: 'complete', wrong: 0, unfinished: 0 });
    }
  });

  it('send once when both are asked at once with the same key', async () => {
    simulator.faults.rate({ path: '/sms/send', kind: 'slow', delayMs: 100, probability: 1 });
    const keys = ['order-1', 'order-2', 'order-3', 'order-4'];
    const before = simulator.requests.count({ path: '/sms/send' });
    const outcomes = await Promise.all(
      keys.map((key, index) =>
        Promise.all([one, other, one, other].map((at) => send(at, `+44791112345${index}`, key))),
      ),
    );
    simulator.faults.clear();
    expect(simulator.requests.count({ path: '/sms/send' }) - before).toBe(keys.length);
    for (const [index, ofKey] of outcomes.entries()) {
      const ids = new Set(ofKey.map(({ recipients }) => recipients?.[0]?.messageId));
      expect([...ids]).toEqual([simulator.sentTo(`+44791112345${index}`)[0]?.messageId]);
      expect(ofKey.filter(({ isReplay }) => isReplay === false)).toHaveLength(1);
    }
  });

  it('count recipients together', async () => {
    const outcomes: string[] = [];
    for (let count = 0; count <= RECIPIENT_LIMIT; count += 1) {
      const { __typename, code } = await send(
        count % 2 === 0 ? one : other,
        '+447922000001',
        `guard-${count}`,
      );
      outcomes.push(code ?? __typename);
    }
    const allowed = Array.from({ length: RECIPIENT_LIMIT }, () => 'SendResult');
    expect(outcomes).toEqual([...allowed, 'RECIPIENT_LIMIT']);
  });

  it('refuse reports within two seconds while Redis is away, and go on by themselves without a loss', async () => {
    const feeds = [
      await openFeed(subscribeOverSocket, one, null),
      await openFeed(subscribeOverStream, other, null),
    ];
    const acknowledged = deliverInTurn(REPORTS);
    for (const feed of feeds) await takeEvent(feed);
    await redis.kill();
    await expect
      .poll(() => Promise.all([one, other].map(failingParts)))
      .toEqual([expect.arrayContaining(['store']), expect.arrayContaining(['store'])]);
    for (const replica of [one, other]) {
      const askedAtMs = performance.now();
      expect(await post(replica, { messageId: 'm-away' })).toBe(503);
      expect(performance.now() - askedAtMs).toBeLessThan(STORE_PATIENCE_MS);
    }
    const posts = simulator.requests.count({ path: '/sms/send' });
    expect(await send(one, '+447922000002', 'away')).toMatchObject({
      __typename: 'UpstreamUnavailableError',
      isSafeToRetry: true,
    });
    expect(simulator.requests.count({ path: '/sms/send' })).toBe(posts);

    await redis.restart();
    await expect
      .poll(() => Promise.all([one, other].map(failingParts)), { timeout: 10_000 })
      .toEqual([[], []]);
    expect(await acknowledged).toBe(REPORTS);
    for (const feed of feeds) {
      const ids = ['r-0'];
      while (ids.length < REPORTS) ids.push((await takeEvent(feed)).report.messageId);
      expect(ids.toSorted()).toEqual(Array.from({ length: REPORTS }, (_, index) => `r-${index}`).toSorted());
      await feed.leave();
    }
  }, 30_000);

  it('refuse reports within two seconds while Redis hangs', async () => {
    redis.pause();
    const askedAtMs = performance.now();
    const answers = await Promise.all([one, other].map((at) => post(at, { messageId: 'm-hang' })));
    expect(answers).toEqual([503, 503]);
    expect(performance.now() - askedAtMs).toBeLessThan(STORE_PATIENCE_MS);
    expect(await failingParts(one)).toContain('store');
    redis.resume();
    await expect
      .poll(() => Promise.all([one, other].map(failingParts)), { timeout: 10_000 })
      .toEqual([[], []]);
    expect(await post(one, { messageId: 'm-hang' })).toBe(204);
  });

  it('say that a cursor has expired once Redis was emptied', async () => {
    const feed = await openFeed(subscribeOverSocket, one, null);
    expect(await post(other, { messageId: 'm-3' })).toBe(204);
    const { cursor } = await takeEvent(feed);
    await feed.leave();
    await flush(redis);
    for (const subscribe of [subscribeOverSocket, subscribeOverStream]) {
      const told: unknown[] = [];
      const onRefused = (extensions: Readonly<Record<string, unknown>>) =>
        told.push(extensions['oldestAvailable']);
      const options = { url: other.url, query: FEED_QUERY, after: cursor, onRefused };
      expect(await openSubscription(subscribe, options).over).toBe('CURSOR_EXPIRED');
      expect(told).toEqual(['1970-01-01T00:00:00.000Z']); // the new log is empty
    }
  });

  it('end in peace while Redis hangs, and while it is gone', async () => {
    redis.pause();
    one.signal('SIGTERM');
    expect(await one.ended).toEqual({ code: 0, signal: null });
    redis.resume();
    await redis.kill();
    other.signal('SIGTERM');
    expect(await other.ended).toEqual({ code: 0, signal: null });
  }, 30_000);
});

const ROUNDS = 40;
const LATEST_TURN = 211;
const STRIDE = 17;
const REPORTS = 60;
const RETRY_TURNS = 50;

async function flush({ port }: RedisServer): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.write('FLUSHALL\r\n');
  expect(String(await once(socket, 'data'))).toContain('+OK');
  socket.destroy();
}

async function postSteps(gateway: GatewayProcess, messageId: string): Promise<readonly number[]> {
  const answers: number[] = [];
  for (const status of ['ENROUTE', 'ACCEPTD', 'DELIVRD'])
    answers.push(await post(gateway, { messageId, status }));
  return answers;
}

/** Posts reports to the replicas in turn, each until it is taken. Resolves with how many were. */
async function deliverInTurn(count: number): Promise<number> {
  let taken = 0;
  for (let index = 0; index < count; index += 1) {
    for (let turn = index; ; turn += 1) {
      const answer = await post(turn % 2 === 0 ? one : other, { messageId: `r-${index}` });
      if (answer === 204) break;
      for (let wait = 0; wait < RETRY_TURNS; wait += 1) await nextTurn();
    }
    taken += 1;
  }
  return taken;
}
