import { describe, expect, it } from 'vitest';
import { deliveryReport } from '../support/delivery-report.ts';
import { openTestGateway, type TestGateway, WORKSPACE } from '../support/open-test-gateway.ts';

const PAGE = /* GraphQL */ `
  query Page($first: Int! = 25, $after: String, $filter: MessageFilter) {
    messages(first: $first, after: $after, filter: $filter) {
      totalCount
      nodes { messageId }
      edges { cursor node { messageId } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
`;

interface PageAnswer {
  readonly totalCount: number;
  readonly nodes: readonly { readonly messageId: string }[];
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly messageId: string } }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

async function readPage(gateway: TestGateway, variables: Record<string, unknown> = {}): Promise<PageAnswer> {
  const { data, errors } = await gateway.run(PAGE, variables);
  expect(errors).toEqual([]);
  return data?.['messages'] as PageAnswer;
}

/** All ids, page by page. */
async function readAll(
  gateway: TestGateway,
  variables: Record<string, unknown>,
  afterPage: () => void | Promise<void> = () => {},
): Promise<string[]> {
  const ids: string[] = [];
  for (let after: string | null = null; ; ) {
    const { nodes, pageInfo }: PageAnswer = await readPage(gateway, { ...variables, after });
    ids.push(...nodes.map((node) => node.messageId));
    if (!pageInfo.hasNextPage) return ids;
    after = pageInfo.endCursor;
    await afterPage();
  }
}

const withHistory = (messages: number, days = 3) =>
  openTestGateway({ account: { history: { days, messages, campaignMessages: 0 } } });

describe('Query.messages', () => {
  it('pages 1,000 rows while 200 arrive, and gives each exactly once', async () => {
    const gateway = await withHistory(1000);
    const atStart = await readAll(gateway, { first: 100, filter: { period: 'LAST_7_DAYS' } });
    expect(new Set(atStart).size).toBe(1000);

    const ids = await readAll(gateway, { first: 30 }, () => {
      if (gateway.simulator.messageCount < 1200) gateway.simulator.addArrivals(10);
    });
    expect(gateway.simulator.messageCount).toBe(1200);
    expect(ids).toEqual(atStart);
  });

  it('makes one REST call a page while nothing arrives', async () => {
    const gateway = await withHistory(120);
    await readAll(gateway, { first: 25 });
    expect(gateway.simulator.requests.all().map((request) => request.query)).toEqual(
      ['1', '2', '3', '4', '5'].map((page) => ({ page, limit: '25', from: '2026-02-06', to: '2026-02-13' })),
    );
  });

  it('keeps the days of the first page of a relative period across midnight', async () => {
    const gateway = await openTestGateway({
      startAt: '2026-02-13T23:59:50Z',
      account: { history: { days: 0, messages: 0, campaignMessages: 0 } },
    });
    gateway.simulator.addArrivals(60);
    const filter = { period: 'TODAY' };
    const first = await readPage(gateway, { first: 25, filter });
    await gateway.time.advance(60_000);
    gateway.simulator.addArrivals(5);

    const second = await readPage(gateway, { first: 100, after: first.pageInfo.endCursor, filter });
    const ids = [...first.nodes, ...second.nodes].map((node) => node.messageId);
    expect(new Set(ids).size).toBe(60);
    expect(second.pageInfo.hasNextPage).toBe(false);

    const newDay = await readPage(gateway, { first: 100, filter });
    expect(newDay.totalCount).toBe(5);
  });

  it('takes the cursor of any edge, not only the last', async () => {
    const gateway = await withHistory(40);
    const { edges } = await readPage(gateway, { first: 20 });
    for (const index of [0, 7, 19]) {
      const { nodes } = await readPage(gateway, { first: 3, after: edges[index]?.cursor });
      const all = await readPage(gateway, { first: 40 });
      expect(nodes).toEqual(all.nodes.slice(index + 1, index + 4));
    }
  });

  it('tells where a page lies', async () => {
    const gateway = await withHistory(30);
    const first = await readPage(gateway, { first: 20 });
    expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    expect(first.pageInfo.startCursor).toBe(first.edges[0]?.cursor);
    expect(first.pageInfo.endCursor).toBe(first.edges[19]?.cursor);
    const last = await readPage(gateway, { first: 20, after: first.pageInfo.endCursor });
    expect(last.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    expect(last.nodes).toHaveLength(10);
    expect(last.totalCount).toBe(30);
    const beyond = await readPage(gateway, { first: 20, after: last.pageInfo.endCursor });
    expect(beyond.nodes).toEqual([]);
    expect(beyond.pageInfo).toEqual({
      hasNextPage: false,
      hasPreviousPage: true,
      startCursor: null,
      endCursor: null,
    });
  });

  it.each([0, -1, 101, 1000])(
    'refuses first: %i, naming the argument, without a REST call',
    async (first) => {
      const gateway = await withHistory(5);
      const { data, errors, calls } = await gateway.run(PAGE, { first });
      expect(data).toEqual({ messages: null });
      expect(errors).toMatchObject([
        {
          code: 'BAD_USER_INPUT',
          message: `first must be between 1 and 100; it was ${first}.`,
          path: ['messages'],
        },
      ]);
      expect(calls).toBe(0);
    },
  );

  it.each([
    ['period beside from', { period: 'TODAY', from: '2026-02-01' }, /^filter\.period: .*not both/],
    ['period beside to', { period: 'TODAY', to: '2026-02-01' }, /^filter\.period: .*not both/],
    ['a day that does not exist', { from: '2026-02-30' }, /^filter\.from: The day 2026-02-30 does not exist/],
    ['a last day that does not exist', { from: '2026-02-01', to: '2026-13-01' }, /^filter\.to: .*2026-13-01/],
    ['from after to', { from: '2026-02-10', to: '2026-02-09' }, /^filter\.from: from must not be after to/],
    ['from after today', { from: '2026-02-14' }, /^filter\.from: from must not be after today/],
    ['to without from', { to: '2026-02-10' }, /^filter\.from: Give from too/],
  ])('refuses %s, naming the field', async (_case, filter, message) => {
    const gateway = await withHistory(5);
    const { errors, calls } = await gateway.run(PAGE, { filter });
    expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', message: expect.stringMatching(message) }]);
    expect(calls).toBe(0);
  });

  it('refuses what has not the form of a day, naming the field', async () => {
    const gateway = await withHistory(5);
    const { errors } = await gateway.run(PAGE, { filter: { from: '13.02.2026' } });
    expect(errors[0]?.message).toContain('filter.from');
  });

  it('refuses a cursor that was edited, is foreign, or belongs to another filter or list', async () => {
    const gateway = await withHistory(40);
    const { pageInfo } = await readPage(gateway, { first: 5 });
    const cursor = pageInfo.endCursor ?? '';
    const edited = `${cursor.slice(0, 10)}${cursor[10] === 'A' ? 'B' : 'A'}${cursor.slice(11)}`;
    for (const [after, filter] of [
      [edited, null],
      ['not-a-cursor', null],
      [gateway.sealers.eventCursor.seal([1, 2]), null],
      [gateway.sealers.pageCursor.seal([99]), null],
      [cursor, { sender: 'Other' }],
      [cursor, { period: 'TODAY' }],
    ] as const) {
      const { errors, calls } = await gateway.run(PAGE, { after, filter });
      expect(errors).toMatchObject([{ code: 'CURSOR_INVALID' }]);
      expect(errors[0]?.message).toMatch(/^after /);
      expect(calls).toBe(0);
    }
    const { errors } = await gateway.run('query ($after: String) { traffic(after: $after) { totalCount } }', {
      after: cursor,
    });
    expect(errors).toMatchObject([{ code: 'CURSOR_INVALID' }]);
  });

  it('refuses a cursor of another workspace', async () => {
    const gateway = await withHistory(40);
    const { pageInfo } = await readPage(gateway, { first: 5 });
    const { errors } = await gateway.run(PAGE, { after: pageInfo.endCursor }, { workspace: 'other' });
    expect(errors).toMatchObject([{ code: 'CURSOR_INVALID' }]);
  });

  it('takes a cursor for the same filter written another way', async () => {
    const gateway = await withHistory(40);
    const { pageInfo } = await readPage(gateway, { first: 5 });
    const { nodes } = await readPage(gateway, {
      first: 5,
      after: pageInfo.endCursor,
      filter: { period: 'LAST_7_DAYS', sender: ' ' },
    });
    expect(nodes).toHaveLength(5);
  });

  it('narrows to a group of statuses, a country and fixed days', async () => {
    const gateway = await withHistory(200);
    const { data } = await gateway.run(/* GraphQL */ `
      {
        all: messages(first: 100) { totalCount }
        delivered: messages(first: 100, filter: { statusGroup: DELIVERED }) { totalCount nodes { status isFinal } }
        day: messages(first: 100, filter: { from: "2026-02-12", to: "2026-02-12" }) { nodes { createdAt } }
      }
    `);
    const { all, delivered, day } = data as {
      all: { totalCount: number };
      delivered: { totalCount: number; nodes: { status: string; isFinal: boolean }[] };
      day: { nodes: { createdAt: string }[] };
    };
    expect(delivered.totalCount).toBeGreaterThan(0);
    expect(delivered.totalCount).toBeLessThan(all.totalCount);
    expect(delivered.nodes.every((node) => node.status === 'DELIVERED' && node.isFinal)).toBe(true);
    expect(day.nodes.length).toBeGreaterThan(0);
    expect(day.nodes.every((node) => node.createdAt.startsWith('2026-02-12T'))).toBe(true);
  });

  it('names the scope that a caller lacks, and calls nobody', async () => {
    const gateway = await withHistory(5);
    const { data, errors, calls } = await gateway.run(
      '{ messages { totalCount } }',
      {},
      { scopes: ['sms.send'] },
    );
    expect(data).toEqual({ messages: null });
    expect(errors).toMatchObject([{ code: 'FORBIDDEN', message: 'This needs the scope sms.read.' }]);
    expect(calls).toBe(0);
  });
});

describe('Message', () => {
  it('shows every field of a row, with its country and timeline', async () => {
    const gateway = await withHistory(1);
    const [messageId] = await readAll(gateway, { first: 5 });
    await gateway.store.log.append(
      WORKSPACE,
      deliveryReport({ messageId: messageId ?? '', rawStatus: 'DELIVRD' }),
    );
    const { data, errors, calls } = await gateway.run(/* GraphQL */ `
      {
        messages {
          nodes {
            __typename id messageId recipient country sender text encoding segments status rawStatus isFinal statusCode
            cost createdAt deliveredAt
            deliveryReports {
              messageId recipient sender status rawStatus statusCode segments cost occurredAt receivedAt isRecovered
            }
          }
        }
      }
    `);
    expect(errors).toEqual([]);
    expect(calls).toBe(1);
    const [node] = (data as { messages: { nodes: Record<string, unknown>[] } }).messages.nodes;
    expect(node).toMatchObject({
      __typename: 'Message',
      messageId,
      country: expect.stringMatching(/^[A-Z]{2}$/),
      recipient: expect.stringMatching(/^\+\d+$/),
      createdAt: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T.*Z$/),
      deliveryReports: [{ messageId, status: 'DELIVERED', rawStatus: 'DELIVRD', isRecovered: false }],
    });
  });

  it('is found again by messageId and by id; null when there is none', async () => {
    const gateway = await withHistory(3);
    const [messageId] = await readAll(gateway, { first: 5 });
    const { data } = await gateway.run(
      'query ($messageId: String!) { message(messageId: $messageId) { id messageId } none: message(messageId: "api_1_2_3") { id } }',
      { messageId },
    );
    expect(data).toMatchObject({ message: { messageId }, none: null });
    const { id } = (data as { message: { id: string } }).message;
    const again = await gateway.run(
      'query ($id: ID!) { node(id: $id) { __typename id ... on Message { messageId } } }',
      { id },
    );
    expect(again.data).toEqual({ node: { __typename: 'Message', id, messageId } });
  });
});

describe('Query.message', () => {
  it('counts a report that the provider has not caught up with, after a restart too', async () => {
    const gateway = await withHistory(1);
    const sent = await gateway.run(
      'mutation { sendSms(input: { to: ["+447400123456"], text: "Hello", sender: "MyApp" }) { ... on SendResult { recipients { messageId } } } }',
    );
    const [recipient] = (sent.data as { sendSms: { recipients: { messageId: string }[] } }).sendSms
      .recipients;
    const messageId = recipient?.messageId ?? '';
    // Straight to the log: the read cache of this process has not heard of it.
    await gateway.store.log.append(WORKSPACE, deliveryReport({ messageId, recipient: '+447400123456' }));
    const { data } = await gateway.run(
      'query ($id: String!) { message(messageId: $id) { status isFinal } messagesById(messageIds: [$id]) { status } }',
      { id: messageId },
    );
    expect(data).toEqual({
      message: { status: 'DELIVERED', isFinal: true },
      messagesById: [{ status: 'DELIVERED' }],
    });
  });
});

describe('Query.messagesById', () => {
  it('answers in the order asked, with null in the place of an unknown id', async () => {
    const gateway = await withHistory(10);
    const ids = await readAll(gateway, { first: 10 });
    const asked = [ids[3], 'api_42_1743667200123456789_0000000000000000', ids[0], ids[3]];
    const { data, errors } = await gateway.run(
      'query ($ids: [String!]!) { messagesById(messageIds: $ids) { messageId } }',
      { ids: asked },
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({
      messagesById: [{ messageId: ids[3] }, null, { messageId: ids[0] }, { messageId: ids[3] }],
    });
  });

  it('answers the others when one id fails', async () => {
    const gateway = await withHistory(3);
    const [known] = await readAll(gateway, { first: 3 });
    const failing = 'api_42_1743667200123456789_0000000000000000';
    gateway.simulator.faults.next({ kind: 'html_5xx', path: `/sms/status/${failing}`, times: 9 });
    const { data, errors } = await gateway.run(
      'query ($ids: [String!]!) { messagesById(messageIds: $ids) { messageId } }',
      { ids: [failing, known] },
    );
    expect(data).toEqual({ messagesById: [null, { messageId: known }] });
    expect(errors).toMatchObject([{ code: 'UPSTREAM_UNAVAILABLE', path: ['messagesById', 0] }]);
  });

  it('refuses more than 100 ids, naming the argument', async () => {
    const gateway = await withHistory(1);
    const { errors, calls } = await gateway.run(
      'query ($ids: [String!]!) { messagesById(messageIds: $ids) { messageId } }',
      { ids: Array.from({ length: 101 }, (_, index) => `api_42_${index}`) },
    );
    expect(errors).toMatchObject([
      { code: 'BAD_USER_INPUT', message: 'messageIds must hold at most 100 ids; it held 101.' },
    ]);
    expect(calls).toBe(0);
  });
});
