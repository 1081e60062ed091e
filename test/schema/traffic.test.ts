import { expect, it } from 'vitest';
import { openTestGateway } from '../support/open-test-gateway.ts';

const ITEMS = /* GraphQL */ `
  query ($first: Int! = 25, $after: String, $filter: TrafficFilter) {
    traffic(first: $first, after: $after, filter: $filter) {
      totalCount
      nodes {
        __typename id source recipient sender text status rawStatus statusCode cost sentAt deliveredAt
        isClicked clickedAt actionType actionAt
      }
      pageInfo { hasNextPage endCursor }
    }
  }
`;

interface Item {
  readonly id: string;
  readonly source: string;
  readonly sentAt: string;
}
interface TrafficAnswer {
  readonly totalCount: number;
  readonly nodes: readonly Item[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

const openWithBoth = () =>
  openTestGateway({ account: { history: { days: 3, messages: 120, campaignMessages: 80 } } });

it('pages API and campaign traffic together while new messages arrive, each row once', async () => {
  const gateway = await openWithBoth();
  const items: Item[] = [];
  for (let after: string | null = null; ; ) {
    const { data, errors } = await gateway.run(ITEMS, { first: 30, after });
    expect(errors).toEqual([]);
    const page: TrafficAnswer = (data as { traffic: TrafficAnswer }).traffic;
    items.push(...page.nodes);
    if (!page.pageInfo.hasNextPage) break;
    after = page.pageInfo.endCursor;
    gateway.simulator.addArrivals(7);
  }
  expect(items).toHaveLength(200);
  expect(new Set(items.map((item) => item.id)).size).toBe(200);
  expect(new Set(items.map((item) => item.source))).toEqual(new Set(['API', 'CAMPAIGN']));
  const instants = items.map((item) => item.sentAt);
  expect(instants).toEqual(instants.toSorted().reverse());
});

it('narrows to one source', async () => {
  const gateway = await openWithBoth();
  const { data } = await gateway.run(ITEMS, { first: 100, filter: { source: 'BROADCASTS' } });
  const { traffic } = data as { traffic: TrafficAnswer };
  expect(traffic.totalCount).toBe(80);
  expect(traffic.nodes.every((item) => item.source === 'CAMPAIGN')).toBe(true);
});

it('finds an item again by its id, with one REST call', async () => {
  const gateway = await openWithBoth();
  const { data } = await gateway.run(ITEMS, { first: 1, filter: { source: 'BROADCASTS' } });
  const [item] = (data as { traffic: TrafficAnswer }).traffic.nodes;
  const again = await gateway.run(
    'query ($id: ID!) { node(id: $id) { __typename id ... on TrafficItem { source sentAt } } }',
    { id: item?.id },
  );
  expect(again.data).toEqual({
    node: { __typename: 'TrafficItem', id: item?.id, source: 'CAMPAIGN', sentAt: item?.sentAt },
  });
  expect(again.calls).toBe(1);
});

it('leads from a row of the API to its message, and places each number in its country', async () => {
  const gateway = await openWithBoth();
  const { data, errors } = await gateway.run(
    '{ traffic(first: 100) { nodes { source messageId country segments recipient } } }',
  );
  expect(errors).toEqual([]);
  interface Row {
    readonly source: string;
    readonly messageId: string | null;
    readonly country: string | null;
    readonly recipient: string;
  }
  const rows = (data as { traffic: { nodes: readonly Row[] } }).traffic.nodes;
  expect(rows.filter(({ source, messageId }) => (source === 'API') !== (messageId !== null))).toEqual([]);
  const [api] = rows.filter(({ source }) => source === 'API');
  const { data: found } = await gateway.run(
    'query ($id: String!) { message(messageId: $id) { recipient country } }',
    { id: api?.messageId },
  );
  expect(found).toEqual({ message: { recipient: api?.recipient, country: api?.country } });
  expect(rows.every(({ country }) => country === null || /^[A-Z]{2}$/.test(country))).toBe(true);
});
