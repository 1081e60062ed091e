import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/domain/clock.ts';
import { dayOf } from '../../src/domain/date-range.ts';
import type { MessageQuery, TrafficQuery } from '../../src/domain/list-query.ts';
import type { SignedAttempt } from '../../src/domain/send.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { createTestProvider, QUICK_RETRIES, type TestProvider } from '../support/test-provider.ts';
import { errorOf } from '../support/use-scripted-provider.ts';

const KEY = 'sk_prod_signed';
const SECRET = 'a secret of the account';
const SEND = { to: ['+14155551234'], text: 'Hello!', sender: 'MyApp' };
const PLAIN = { beforeWrite: async () => undefined, replay: null };

let simulator: Simulator;
let test: TestProvider;

beforeAll(async () => {
  simulator = await startSimulator({
    accounts: [
      { id: 'acme', keys: [{ key: KEY, secret: SECRET }], history: { days: 7, messages: 3000 } },
      { id: 'twins', keys: [{ key: 'sk_prod_twins', secret: SECRET }] },
      { id: 'reader', keys: [{ key: 'sk_prod_reader', permissions: ['sms.read'] }] },
    ],
    rateLimit: { perAccountPerSecond: 100_000, perIpPerSecond: 100_000 },
  });
  test = connect();
});
afterAll(async () => {
  await test.provider.close();
  await simulator.close();
});

const connect = (options = {}) =>
  createTestProvider(simulator.url, {
    apiKey: KEY,
    apiSecret: SECRET,
    clock: systemClock,
    cache: { ttlMs: 0 },
    ...options,
  });
const lastWeek = (): MessageQuery => ({
  range: { from: dayOf(Date.now() - 8 * 86_400_000), to: dayOf(Date.now()) },
  statusGroup: null,
  phoneContains: null,
  country: null,
  sender: null,
});
const traffic = (): TrafficQuery => ({ ...lastWeek(), source: 'ALL' });

describe('a key that signs', () => {
  it('reads a hundred pages at once, each call accepted', async () => {
    const session = test.session();
    const pages = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        session.listMessages(lastWeek(), { page: index + 1, limit: 25 }),
      ),
    );
    const ids = pages.flatMap(({ rows }) => rows.map(({ messageId }) => messageId));
    expect(new Set(ids).size).toBe(2500);
    expect(session.cost.calls).toBe(100);
  });

  it('asks for one status again and again within a second, each call accepted', async () => {
    const session = test.session();
    const { rows } = await session.listMessages(lastWeek(), { page: 1, limit: 1 });
    const id = rows[0]?.messageId ?? expect.unreachable();
    for (let asked = 0; asked < 30; asked += 1)
      expect((await session.refreshMessage(id))?.messageId).toBe(id);
    expect(session.cost.calls).toBe(31);
  });

  it('sends the same twice within a second when that is wanted', async () => {
    const session = test.session();
    const [first, second] = await Promise.all([
      session.sendMessages(SEND, PLAIN),
      session.sendMessages(SEND, PLAIN),
    ]);
    expect(first.recipients[0]?.messageId).not.toBe(second.recipients[0]?.messageId);
    expect(session.cost.calls).toBe(2);
  });

  it('goes elsewhere in time when another replica with the same key takes its seconds', async () => {
    const apiKey = 'sk_prod_twins';
    const replicas = [connect({ apiKey, retry: QUICK_RETRIES }), connect({ apiKey, retry: QUICK_RETRIES })];
    const reading = replicas.flatMap((replica) => {
      const session = replica.session();
      return Array.from({ length: 8 }, (_, page) =>
        session.listMessages(lastWeek(), { page: page + 1, limit: 5 }),
      );
    });
    expect(await Promise.all(reading)).toHaveLength(16);
    await Promise.all(replicas.map(({ provider }) => provider.close()));
  });

  it('replays a send whose answer was cut: seen before, so it is not sent twice', async () => {
    const session = test.session();
    const request = { ...SEND, to: ['+14155550177'] };
    simulator.faults.next({ kind: 'cut_after', path: '/sms/send', times: 1 });
    const pairs: (SignedAttempt | null)[] = [];
    const beforeWrite = async (pair: SignedAttempt | null) => void pairs.push(pair);
    const failure = await errorOf(session.sendMessages(request, { beforeWrite, replay: null }));
    expect(failure).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    const replay = pairs[0] ?? expect.unreachable();
    const again = await errorOf(session.sendMessages(request, { ...PLAIN, replay }));
    expect(again).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(simulator.sentTo('+14155550177')).toHaveLength(1);
  });

  it('replays a send that never arrived: then it is the send', async () => {
    const session = test.session();
    const request = { ...SEND, to: ['+14155550178'] };
    simulator.faults.next({ kind: 'cut_before', path: '/sms/send', times: 1 });
    const pairs: (SignedAttempt | null)[] = [];
    const beforeWrite = async (pair: SignedAttempt | null) => void pairs.push(pair);
    await errorOf(session.sendMessages(request, { beforeWrite, replay: null }));
    const replay = pairs[0] ?? expect.unreachable();
    const receipt = await session.sendMessages(request, { ...PLAIN, replay });
    expect(receipt.summary.acceptedCount).toBe(1);
    expect(simulator.sentTo('+14155550178')).toHaveLength(1);
  });
});

describe('every endpoint of the provider', () => {
  it('is understood: nothing is dropped, nothing is nonsense', async () => {
    const session = test.session();
    const results = await Promise.all([
      session.listTraffic(traffic(), { page: 1, limit: 100 }),
      session.fetchTotals(traffic()),
      session.fetchDailyStats(traffic()),
      session.fetchCountryStats(traffic()),
      session.fetchBalance(),
      session.fetchPrices(),
      session.fetchPayments(),
      session.fetchWebhookSettings(),
      session.fetchWebhookAttempts(),
    ]);
    const [page, totals, days, countries, balance, prices, payments] = results;
    expect(page.rows).toHaveLength(100);
    expect(totals.totalSent).toBeGreaterThan(2000);
    expect(days.length).toBeGreaterThanOrEqual(7);
    expect(days.reduce((sum, { totalSent }) => sum + (totalSent ?? 0), 0)).toBe(totals.totalSent);
    expect(countries.length).toBeGreaterThan(1);
    expect(balance.currency).toBe('EUR');
    expect(prices.length).toBeGreaterThan(1);
    expect(payments.length).toBeGreaterThan(0);
    const rendered = await test.metrics.render();
    expect(rendered).not.toMatch(/gateway_upstream_dropped_rows_total\{[^}]*\} [1-9]/);
    expect(rendered).not.toMatch(/outcome="nonsense"\} [1-9]/);
  });

  it('changes webhook settings and reads them back', async () => {
    const session = test.session();
    const changed = await session.updateWebhookSettings({
      clickUrl: 'https://example.com/clicks',
      uniqueClicksOnly: true,
      signingSecret: 'whsec_of_the_test',
    });
    expect(changed).toMatchObject({
      clickUrl: 'https://example.com/clicks',
      uniqueClicksOnly: true,
      isSigningSecretSet: true,
    });
    expect(await session.fetchWebhookSettings()).toEqual(changed);
    expect(await session.updateWebhookSettings({ clickUrl: null, clearSigningSecret: true })).toMatchObject({
      clickUrl: null,
      isSigningSecretSet: false,
    });
  });

  it('exports what the history holds', async () => {
    const { body } = await test.session().exportTraffic(traffic(), new AbortController().signal);
    let lines = 0;
    for await (const chunk of body) lines += Buffer.from(chunk).toString().split('\n').length - 1;
    expect(lines).toBeGreaterThan(3000);
  });

  it('finds the messages of a hundred-recipient send in one call', async () => {
    const to = Array.from({ length: 100 }, (_, index) => `+1415555${String(2000 + index)}`);
    const { recipients } = await test.session().sendMessages({ ...SEND, to }, PLAIN);
    const ids = recipients.flatMap(({ messageId }) => messageId ?? []);
    const session = test.session();
    const loaded = await session.loadMessages(ids);
    expect(loaded.every((message) => message !== null && 'messageId' in message)).toBe(true);
    expect(session.cost.calls).toBe(1);
  });

  it('refuses what the key may not do', async () => {
    const reader = connect({ apiKey: 'sk_prod_reader', apiSecret: null });
    expect(await errorOf(reader.session().sendMessages(SEND, PLAIN))).toMatchObject({ code: 'FORBIDDEN' });
    expect(await errorOf(reader.session().fetchBalance())).toMatchObject({
      code: 'UPSTREAM_REFUSED',
      providerCode: 'FORBIDDEN',
    });
    await reader.provider.close();
  });

  it.each([
    ['rate_limit_json', 1],
    ['rate_limit_html', 1],
    ['rate_limit_empty', 1],
    ['db_error', 1],
    ['internal_error', 2],
    ['html_5xx', 2],
    ['cut_before', 2],
    ['cut_answer', 2],
  ] as const)('gets over %s in a read', async (kind, times) => {
    simulator.faults.next({ kind, path: '/user/balance', times });
    const session = test.session();
    expect((await session.fetchBalance()).currency).toBe('EUR');
    expect(session.cost.calls).toBe(1 + times);
  });
});
