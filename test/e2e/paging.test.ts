import { describe, expect, it } from 'vitest';
import { createSimulatedTime } from '../../src/simulator/time/simulated-time.ts';
import { type RunningGateway, runSimulated } from '../support/run-gateway.ts';

const PAGE = `query ($first: Int!, $after: String, $filter: MessageFilter) {
  messages(first: $first, after: $after, filter: $filter) {
    nodes { messageId createdAt } totalCount pageInfo { hasNextPage endCursor }
  }
}`;

interface Walk {
  readonly first?: (page: number) => number;
  readonly filter?: object;
  readonly afterPage?: (page: number) => void | Promise<void>;
}

/** Goes through the whole list as a caller does. */
async function walk({ ask }: Pick<RunningGateway, 'ask'>, options: Walk = {}): Promise<string[]> {
  const { first = () => 25, filter = {}, afterPage = () => {} } = options;
  const ids: string[] = [];
  let after: string | null = null;
  for (let page = 0; ; page += 1) {
    const { data, errors } = await ask(PAGE, { first: first(page), after, filter });
    expect(errors).toEqual([]);
    const { nodes, pageInfo } = data.messages;
    ids.push(...nodes.map(({ messageId }: { messageId: string }) => messageId));
    if (!pageInfo.hasNextPage) return ids;
    after = pageInfo.endCursor;
    await afterPage(page);
  }
}

const TRAFFIC = `query ($first: Int!, $after: String) {
  traffic(first: $first, after: $after, filter: { source: ALL, period: LAST_30_DAYS }) {
    nodes { id } pageInfo { hasNextPage endCursor }
  }
}`;

describe('a caller who pages', () => {
  it('gets each of 1,000 messages exactly once, newest first, while 200 arrive', async () => {
    const running = await runSimulated({
      account: { history: { days: 6, messages: 1_000, campaignMessages: 0 } },
      env: { READ_CACHE_TTL_MS: '0' },
    });
    const before = await walk(running, { first: () => 100 });
    let arrived = 0;
    const during = await walk(running, {
      // Pages of any size, so that they straddle those of the provider.
      first: (page) => [25, 7, 60, 100, 33][page % 5] ?? 25,
      afterPage: () => {
        const count = Math.min(17, 200 - arrived);
        arrived += count;
        running.simulator.addArrivals(count);
      },
    });
    expect(arrived).toBe(200);
    expect(before).toHaveLength(1_000);
    expect(during).toEqual(before);
    expect(await walk(running, { first: () => 100 })).toHaveLength(1_200);
  });

  it('gets API and campaign traffic once each too', async () => {
    const { ask, simulator } = await runSimulated({
      account: { history: { days: 6, messages: 100, campaignMessages: 50 } },
      env: { READ_CACHE_TTL_MS: '0' },
    });
    const ids = new Set<string>();
    let after: string | null = null;
    let rows = 0;
    do {
      const { data } = await ask(TRAFFIC, { first: 11, after });
      for (const { id } of data.traffic.nodes) ids.add(id);
      rows += data.traffic.nodes.length;
      after = data.traffic.pageInfo.hasNextPage ? data.traffic.pageInfo.endCursor : null;
      simulator.addArrivals(4);
    } while (after !== null);
    expect([rows, ids.size]).toEqual([150, 150]);
  });

  it('goes on past midnight in the days of the first page', async () => {
    const time = createSimulatedTime(Date.parse('2026-02-13T23:59:00Z'));
    const running = await runSimulated({
      clock: time,
      account: { history: { days: 8, messages: 300, campaignMessages: 0 } },
      env: { READ_CACHE_TTL_MS: '0' },
    });
    const filter = { period: 'LAST_7_DAYS' };
    const before = await walk(running, { filter, first: () => 100 });
    const across = await walk(running, {
      filter,
      afterPage: async (page) => {
        if (page !== 2) return;
        await time.advance(120_000); // it is the 14th now, and the first of the seven days is out of the period
        running.simulator.addArrivals(30);
      },
    });
    expect(across).toEqual(before);
    const fresh = await walk(running, { filter, first: () => 100 });
    expect(fresh[30]).toBe(before[0]);
    expect(fresh).not.toContain(before.at(-1)); // it is of the 6th: the seven days have moved on
  });
});
