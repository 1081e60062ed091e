import { describe, expect, it } from 'vitest';
import type { TrafficQuery } from '../../../src/domain/list-query.ts';
import { UpstreamContractError } from '../../../src/rest/failures/failures.ts';
import { json } from '../../support/scripted-upstream.ts';
import { errorOf, useScriptedProvider } from '../../support/use-scripted-provider.ts';

const provider = useScriptedProvider();
const EVERYTHING: TrafficQuery = {
  range: { from: '2026-02-13', to: '2026-02-14' },
  statusGroup: null,
  phoneContains: null,
  country: null,
  sender: null,
  source: 'ALL',
};

describe('statistics', () => {
  const counters = { total_sent: 1250, sent: 1200, undelivered: 30, delivery_rate: 95.83, total_cost: 10.6 };
  const period = { from: '2026-01-14', to: '2026-02-13' };

  it('of a period are read, what is missing as null', async () => {
    const body = { status: true, stats: { ...counters, currency: 'EUR' }, period };
    const totals = await provider.ask(json(body), (session) => session.fetchTotals(EVERYTHING));
    expect(totals).toEqual({
      totalSent: 1250,
      sent: 1200,
      delivered: null,
      undelivered: 30,
      pending: null,
      expired: null,
      notBilled: null,
      clickCount: null,
      uniqueClickCount: null,
      actionCount: null,
      sentRate: null,
      deliveryRate: 95.83,
      totalCost: '10.6',
      averageCost: null,
      currency: 'EUR',
      period,
    });
  });

  it('take `failed` for `undelivered` when only that is told', async () => {
    const totals = await provider.ask(json({ stats: { failed: 3 } }), (session) =>
      session.fetchTotals(EVERYTHING),
    );
    expect(totals.undelivered).toBe(3);
  });

  it.each(['daily', 'days'])('by day are the one array of the body, here %s', async (name) => {
    const body = { status: true, [name]: [{ date: '2026-02-13', ...counters }, { day: '2026-02-14' }, {}] };
    const days = await provider.ask(json(body), (session) => session.fetchDailyStats(EVERYTHING));
    expect(days.map(({ date, sent }) => ({ date, sent }))).toEqual([
      { date: '2026-02-13', sent: 1200 },
      { date: '2026-02-14', sent: null },
    ]);
  });

  it('by country know the country under several names, or not at all', async () => {
    const body = [
      { country: 'US' },
      { country: 'Germany', country_code: 'de' },
      { iso: 'FR' },
      { country: '?' },
    ];
    const countries = await provider.ask(json(body), (session) => session.fetchCountryStats(EVERYTHING));
    expect(countries.map(({ country }) => country)).toEqual(['US', 'DE', 'FR', null]);
  });

  it('with two arrays in the body are a broken contract', async () => {
    const reading = provider.ask(json({ a: [], b: [] }), (session) => session.fetchDailyStats(EVERYTHING));
    expect(await errorOf(reading)).toBeInstanceOf(UpstreamContractError);
  });
});
