import { describe, expect, it } from 'vitest';
import { openTestGateway, type TestGateway } from '../support/open-test-gateway.ts';

const openWithTraffic = () =>
  openTestGateway({ account: { history: { days: 5, messages: 300, campaignMessages: 60 } } });

const pathsOf = (gateway: TestGateway) => gateway.simulator.requests.all().map((request) => request.path);

describe('Query.stats', () => {
  it.each([
    ['{ stats { totalSent deliveryRate totalCost currency } }', ['/sms/stats']],
    ['{ stats { daily { date sent } } }', ['/sms/stats/daily']],
    ['{ stats { byCountry { country sent } } }', ['/sms/stats/by-country']],
    ['{ stats { period { from to } } }', ['/sms/stats']],
    ['{ stats { sent period { from to } } }', ['/sms/stats']],
    ['{ stats(filter: { from: "2026-02-10", to: "2026-02-12" }) { period { from to } } }', []],
    ['{ stats { ... on TrafficCounters { delivered } daily { date } } }', ['/sms/stats', '/sms/stats/daily']],
    ['{ stats { sent daily @skip(if: true) { date } } }', ['/sms/stats']],
  ])('asks only for what is selected: %s', async (query, paths) => {
    const gateway = await openWithTraffic();
    const { errors } = await gateway.run(query);
    expect(errors).toEqual([]);
    expect(pathsOf(gateway).toSorted()).toEqual(paths);
  });

  it.each([
    ['TODAY', 'today'],
    ['YESTERDAY', 'yesterday'],
    ['LAST_7_DAYS', '7d'],
    ['LAST_30_DAYS', '30d'],
    ['THIS_MONTH', 'this_month'],
    ['LAST_MONTH', 'last_month'],
    [null, '7d'],
  ])('leaves the days of a period to the provider: %s', async (period, asked) => {
    const gateway = await openWithTraffic();
    const { errors } = await gateway.run(
      'query ($period: Period) { stats(filter: { period: $period }) { sent daily { date } byCountry { country } } }',
      { period },
    );
    expect(errors).toEqual([]);
    const queries = gateway.simulator.requests.all().map((request) => request.query);
    expect(queries).toEqual(Array.from({ length: 3 }, () => ({ period: asked, source: 'api' })));
  });

  it('asks for the days that a filter names', async () => {
    const gateway = await openWithTraffic();
    const { data } = await gateway.run(
      '{ stats(filter: { from: "2026-02-10" }) { sent period { from to } } }',
    );
    expect(data).toMatchObject({ stats: { period: { from: '2026-02-10', to: '2026-02-13' } } });
    const [request] = gateway.simulator.requests.all();
    expect(request?.query).toEqual({ from: '2026-02-10', to: '2026-02-13', source: 'api' });
  });

  it('counts the same in all, by day and by country', async () => {
    const gateway = await openWithTraffic();
    const { data, errors } = await gateway.run(/* GraphQL */ `
      {
        stats(filter: { source: ALL }) {
          totalSent sent delivered undelivered pending expired notBilled clickCount uniqueClickCount actionCount
          sentRate deliveryRate totalCost averageCost currency
          period { from to }
          daily { date totalSent delivered totalCost }
          byCountry { country totalSent delivered }
        }
      }
    `);
    expect(errors).toEqual([]);
    const { stats } = data as {
      stats: Record<'totalSent' | 'delivered', number> &
        Record<'daily' | 'byCountry', { totalSent: number; delivered: number; date?: string }[]>;
    };
    const sum = (
      rows: readonly Record<'totalSent' | 'delivered', number>[],
      name: 'totalSent' | 'delivered',
    ) => rows.reduce((total, row) => total + row[name], 0);
    expect(stats.totalSent).toBe(360);
    for (const rows of [stats.daily, stats.byCountry]) {
      expect(sum(rows, 'totalSent')).toBe(stats.totalSent);
      expect(sum(rows, 'delivered')).toBe(stats.delivered);
    }
    const dates = stats.daily.map((row) => row.date);
    expect(dates).toEqual(dates.toSorted());
    expect(stats).toMatchObject({
      currency: 'EUR',
      period: { from: '2026-02-06', to: '2026-02-13' },
      totalCost: expect.stringMatching(/^\d+(\.\d+)?$/),
    });
  });

  it('shows the days of a period as the provider counted them, null when that failed', async () => {
    const gateway = await openWithTraffic();
    const query = '{ stats(filter: { period: LAST_30_DAYS }) { period { from to } daily { date } } }';
    const { data } = await gateway.run(query);
    expect(data).toMatchObject({ stats: { period: { from: '2026-01-14', to: '2026-02-13' } } });
    gateway.simulator.faults.next({ kind: 'error', errorCode: 'FORBIDDEN', path: '/sms/stats' });
    const failed = await gateway.run(query);
    expect(failed.data).toMatchObject({ stats: { period: null, daily: expect.any(Array) } });
    expect(failed.errors).toMatchObject([{ code: 'UPSTREAM_REFUSED', path: ['stats', 'period'] }]);
  });

  it('nulls only the part that failed', async () => {
    const gateway = await openWithTraffic();
    gateway.simulator.faults.next({ kind: 'error', errorCode: 'FORBIDDEN', path: '/sms/stats/daily' });
    const { data, errors } = await gateway.run('{ stats { sent daily { date } byCountry { country } } }');
    expect(data).toMatchObject({
      stats: { sent: expect.any(Number), daily: null, byCountry: expect.any(Array) },
    });
    expect(errors).toMatchObject([{ code: 'UPSTREAM_REFUSED', path: ['stats', 'daily'] }]);
  });

  it('refuses the group that statistics do not have, naming the field', async () => {
    const gateway = await openWithTraffic();
    const { errors, calls } = await gateway.run('{ stats(filter: { statusGroup: UNKNOWN }) { sent } }');
    expect(errors).toMatchObject([
      { code: 'BAD_USER_INPUT', message: expect.stringMatching(/^filter\.statusGroup: /) },
    ]);
    expect(calls).toBe(0);
  });
});
