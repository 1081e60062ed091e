import { describe, expect, it } from 'vitest';
import type { Simulator } from '../../../../src/simulator/simulator.ts';
import type { AnswerCounters } from '../../support/answer-body.ts';
import { callApi, sendMessage } from '../../support/api-client.ts';
import { KEY, startStill } from '../../support/start-for-test.ts';

const PAST = { days: 30, messages: 2_000, campaignMessages: 400 };
const startWithPast = () => startStill({ accounts: [{ id: 'acme', keys: [{ key: KEY }], history: PAST }] });

const stats = async (simulator: Simulator, query: string) =>
  (await callApi(simulator, `/sms/stats?${query}`)).body.stats;

const COUNTS = [
  'total_sent',
  'sent',
  'delivered',
  'undelivered',
  'pending',
  'expired',
  'not_billed',
  'click_count',
  'unique_click_count',
  'action_count',
] as const;

const sumOf = (rows: readonly AnswerCounters[]) =>
  Object.fromEntries(COUNTS.map((name) => [name, rows.reduce((sum, row) => sum + row[name], 0)]));

const countsOf = (row: AnswerCounters) => Object.fromEntries(COUNTS.map((name) => [name, row[name]]));

function expectIdentities(row: AnswerCounters): void {
  expect(row.total_sent).toBe(row.sent + row.not_billed);
  expect(row.sent).toBe(row.delivered + row.undelivered + row.pending + row.expired);
  expect(row.failed).toBe(row.undelivered);
  expect(row.sent_rate).toBeCloseTo(row.total_sent === 0 ? 0 : (row.sent / row.total_sent) * 100, 1);
  expect(row.delivery_rate).toBeCloseTo(row.sent === 0 ? 0 : (row.delivered / row.sent) * 100, 1);
}

describe('GET /sms/stats', () => {
  it('counts every outcome where the document puts it, and writes numbers as it does', async () => {
    const { simulator, time } = await startStill();
    const outcomes = ['01', '02', '03', '04', '05', '10', '16'].map((digits) => `+155501000${digits}`);
    await sendMessage(simulator, ['+14155551234', '+14155551235', ...outcomes]);
    await time.advance(10_000);
    const { text } = await callApi(simulator, '/sms/stats?period=30d');
    expect(text).toBe(
      '{"status":true,"stats":{"total_sent":9,"sent":8,"delivered":2,"undelivered":4,"pending":1,"expired":1,' +
        '"not_billed":1,"failed":4,"click_count":0,"unique_click_count":0,"action_count":0,"sent_rate":88.89,' +
        '"delivery_rate":25.00,"total_cost":0.07,"avg_cost_per_msg":0.0076,"currency":"EUR"},' +
        '"period":{"from":"2026-01-14","to":"2026-02-13"}}',
    );
  });

  it('counts exactly the messages of the list', async () => {
    const { simulator } = await startWithPast();
    const totalOf = async (query: string) => (await callApi(simulator, `/sms/messages?${query}`)).body.total;
    const all = await stats(simulator, 'period=30d');
    expect(all.total_sent).toBe(await totalOf('period=30d'));
    expect(all.delivered).toBe(await totalOf('period=30d&status=delivered'));
    expect(all.expired).toBe(await totalOf('period=30d&status=expired'));
    expect(all.pending).toBe(await totalOf('period=30d&status=pending'));
    const notDelivered = await totalOf('period=30d&status=undelivered');
    expect(all.undelivered).toBe(notDelivered + (await totalOf('period=30d&status=unknown')));
    expectIdentities(all);
  });

  it('takes the API’s messages unless told, and clicks come from campaigns', async () => {
    const { simulator } = await startWithPast();
    const api = await stats(simulator, 'period=30d');
    const broadcasts = await stats(simulator, 'period=30d&source=broadcasts');
    const all = await stats(simulator, 'period=30d&source=all');
    expect([api.total_sent, broadcasts.total_sent, all.total_sent]).toEqual([2_000, 400, 2_400]);
    expect(api.click_count).toBe(0);
    expect(broadcasts.click_count).toBeGreaterThan(broadcasts.unique_click_count);
    expect(broadcasts.unique_click_count).toBeGreaterThan(broadcasts.action_count);
    expect(broadcasts.action_count).toBeGreaterThan(0);
    expectIdentities(all);
  });

  it('narrows by status, country, sender and number', async () => {
    const { simulator } = await startWithPast();
    const all = await stats(simulator, 'period=30d');
    const undelivered = await stats(simulator, 'period=30d&status=undelivered');
    expect(undelivered).toMatchObject({
      total_sent: all.undelivered,
      undelivered: all.undelivered,
      delivered: 0,
    });
    const british = await stats(simulator, 'period=30d&country=GB');
    expect(british.total_sent).toBe((await stats(simulator, 'period=30d&phone=%2B44')).total_sent);
    expect((await stats(simulator, 'period=30d&sender=Northwind')).total_sent).toBeGreaterThan(100);
    expect((await callApi(simulator, '/sms/stats?status=unknown')).body.error_code).toBe('INVALID_PARAMS');
  });

  it('is all zeros when there was nothing', async () => {
    const { simulator } = await startStill();
    const { text, body } = await callApi(simulator, '/sms/stats');
    expect(body.stats.total_sent).toBe(0);
    expect(text).toContain(
      '"sent_rate":0.00,"delivery_rate":0.00,"total_cost":0.00,"avg_cost_per_msg":0.0000',
    );
    expect(body.period).toEqual({ from: '2026-02-06', to: '2026-02-13' });
  });
});

describe('GET /sms/stats/daily', () => {
  it('has every day once, ascending, and sums up to the totals', async () => {
    const { simulator } = await startWithPast();
    const { body } = await callApi(simulator, '/sms/stats/daily?from=2026-01-20&to=2026-02-13&source=all');
    const dates = body.daily.map(({ date }) => date);
    expect(dates).toHaveLength(25);
    expect([dates[0], dates.at(-1)]).toEqual(['2026-01-20', '2026-02-13']);
    expect(dates).toEqual(dates.toSorted());
    const totals = await stats(simulator, 'from=2026-01-20&to=2026-02-13&source=all');
    expect(sumOf(body.daily)).toEqual(countsOf(totals));
    body.daily.forEach(expectIdentities);
  });

  it('keeps days without traffic, except in ranges of years', async () => {
    const { simulator } = await startStill();
    expect((await callApi(simulator, '/sms/stats/daily')).body.daily).toHaveLength(8);
    await sendMessage(simulator, ['+14155551234']);
    const { body } = await callApi(simulator, '/sms/stats/daily?from=2000-01-01');
    expect(body.daily.map(({ date, total_sent }) => [date, total_sent])).toEqual([['2026-02-13', 1]]);
  });
});

describe('GET /sms/stats/by-country', () => {
  it('has every country once, the busiest first, and sums up to the totals', async () => {
    const { simulator } = await startWithPast();
    const { body } = await callApi(simulator, '/sms/stats/by-country?period=30d');
    const names = body.countries.map(({ country }) => country);
    expect(new Set(names)).toEqual(new Set(['GB', 'US', 'DE', 'FR', 'SE', 'CA', 'AU']));
    expect(names).toHaveLength(7);
    const sizes = body.countries.map(({ total_sent }) => total_sent);
    expect(sizes).toEqual(sizes.toSorted((left, right) => right - left));
    expect(sumOf(body.countries)).toEqual(countsOf(await stats(simulator, 'period=30d')));
    body.countries.forEach(expectIdentities);
  });

  it('counts numbers of no country apart', async () => {
    const { simulator } = await startStill();
    await sendMessage(simulator, ['+881612345678', '+14155551234']);
    const { body } = await callApi(simulator, '/sms/stats/by-country');
    expect(new Set(body.countries.map(({ country }) => country))).toEqual(new Set([null, 'US']));
  });
});
