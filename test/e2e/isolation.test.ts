import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { ask, TRANSPORTS, type Transport } from '../support/ask-everywhere.ts';
import { FEED_QUERY, type FeedData, STATUS_QUERY, type StatusData } from '../support/follow-queries.ts';
import { type LiveGateway, startLiveGateway, webhookSecretOf } from '../support/live-gateway.ts';
import { type OpenSubscription, openSubscription } from '../support/open-subscription.ts';
import { signReport } from '../support/signed-report.ts';
import { subscribeOverSocket, subscribeOverStream } from '../support/subscribe-once.ts';
import { tokenFor } from '../support/tokens.ts';

const WORKSPACES = ['shop', 'bank'] as const;
type Workspace = (typeof WORKSPACES)[number];

const RECIPIENT = '+447700900123';
const KEY = 'the-same-key-in-both';
const textOf = (workspace: Workspace): string => `Only the ${workspace} may read this`;

const SEND = `mutation ($input: SendSmsInput!) { sendSms(input: $input) {
  __typename ... on SendResult { isReplay recipients { messageId sentMessage { id text } } } ... on UserError { code message } } }`;
const PAGE = 'totalCount pageInfo { endCursor } nodes { id messageId text }';
const TRAFFIC_PAGE = 'totalCount pageInfo { endCursor } nodes { id text }';

/** What one workspace left behind. */
interface Traces {
  readonly messageId: string;
  readonly ids: readonly string[];
  readonly pageCursor: string;
  readonly trafficCursor: string;
  readonly exportToken: string;
}

let provider: Simulator;
let gateway: LiveGateway;
let tokens: Readonly<Record<Workspace, string>>;
let traces: Readonly<Record<Workspace, Traces>>;

/** The harder case: two workspaces of one and the same account, told apart by their keys alone. */
beforeAll(async () => {
  const keys = WORKSPACES.map((workspace) => ({ key: `sk_prod_${workspace}`, workspace }));
  provider = await startSimulator({ accounts: [{ id: 'shop', keys }] });
  gateway = await startLiveGateway({
    providerUrl: provider.url,
    workspaces: WORKSPACES,
    env: { GUARD_RECIPIENT_PER_HOUR: '1000' },
  });
  const [shop, bank] = await Promise.all(
    WORKSPACES.map((workspace) => tokenFor({ sub: 'ann', scope: '*', workspace })),
  );
  tokens = { shop: shop ?? '', bank: bank ?? '' };
  traces = { shop: await leaveTraces('shop'), bank: await leaveTraces('bank') };
});
afterAll(async () => {
  await gateway.close();
  await provider.close();
});

// biome-ignore lint/suspicious/noExplicitAny: each query decides the shape
type Data = any;

async function dataOf(
  workspace: Workspace,
  query: string,
  variables = {},
  transport: Transport = 'HTTP',
): Promise<Data> {
  return (await ask(transport, gateway, { query, variables }, tokens[workspace])).data;
}

const codesOf = async (
  workspace: Workspace,
  query: string,
  variables = {},
  transport: Transport = 'HTTP',
) => {
  const { errors = [] } = await ask(transport, gateway, { query, variables }, tokens[workspace]);
  return errors.map(({ extensions }) => extensions?.code);
};

const send = (workspace: Workspace, changes = {}, transport: Transport = 'HTTP') => {
  const input = { to: [RECIPIENT], text: textOf(workspace), sender: 'MyApp', ...changes };
  return dataOf(workspace, SEND, { input }, transport);
};

/** The same sends, pages and links in both, under the same key. */
async function leaveTraces(workspace: Workspace): Promise<Traces> {
  for (const _ of [1, 2]) await send(workspace);
  const { sendSms } = await send(workspace, { idempotencyKey: KEY });
  const { messages, traffic } = await dataOf(
    workspace,
    `{ messages(first: 2) { ${PAGE} } traffic(first: 2) { ${TRAFFIC_PAGE} } }`,
  );
  const link = await dataOf(workspace, 'mutation { exportMessages { ... on ExportLink { url } } }');
  return {
    messageId: sendSms.recipients[0].messageId,
    ids: [...messages.nodes, ...traffic.nodes].map(({ id }: { readonly id: string }) => id),
    pageCursor: messages.pageInfo.endCursor,
    trafficCursor: traffic.pageInfo.endCursor,
    exportToken: new URL(link.exportMessages.url).searchParams.get('token') ?? '',
  };
}

const otherOf = (workspace: Workspace): Workspace => (workspace === 'shop' ? 'bank' : 'shop');

describe.each(TRANSPORTS)('over %s', (transport) => {
  describe.each(WORKSPACES)('the %s', (me) => {
    const other = otherOf(me);

    it('finds its own messages by id, and none of the other', async () => {
      const query = `query ($own: String!, $theirs: String!, $ids: [ID!]!) {
        own: message(messageId: $own) { text }
        theirs: message(messageId: $theirs) { text }
        both: messagesById(messageIds: [$theirs, $own]) { text }
        nodes(ids: $ids) { __typename id ... on Message { text } ... on TrafficItem { itemText: text } } }`;
      const variables = {
        own: traces[me].messageId,
        theirs: traces[other].messageId,
        ids: traces[other].ids,
      };
      const data = await dataOf(me, query, variables, transport);
      expect(data.own).toEqual({ text: textOf(me) });
      expect(data.theirs).toBeNull();
      expect(data.both).toEqual([null, { text: textOf(me) }]);
      expect(traces[other].ids).toHaveLength(4);
      expect(data.nodes).toEqual([null, null, null, null]);
    });

    it('pages through its own rows alone', async () => {
      const data = await dataOf(me, `{ messages { ${PAGE} } traffic { ${TRAFFIC_PAGE} } }`, {}, transport);
      for (const { totalCount, nodes } of [data.messages, data.traffic]) {
        expect(nodes).toHaveLength(totalCount);
        expect(nodes.length).toBeGreaterThanOrEqual(3);
        expect(new Set(nodes.map(({ text }: { readonly text: string }) => text))).toEqual(
          new Set([textOf(me)]),
        );
      }
    });

    it('goes on after its own cursors, and is refused those of the other', async () => {
      const messages = `query ($after: String) { messages(after: $after) { ${PAGE} } }`;
      const traffic = `query ($after: String) { traffic(after: $after) { ${TRAFFIC_PAGE} } }`;
      const own = await dataOf(me, messages, { after: traces[me].pageCursor }, transport);
      expect(own.messages.nodes.length).toBeGreaterThan(0);
      expect(await codesOf(me, messages, { after: traces[other].pageCursor }, transport)).toEqual([
        'CURSOR_INVALID',
      ]);
      expect(await codesOf(me, traffic, { after: traces[other].trafficCursor }, transport)).toEqual([
        'CURSOR_INVALID',
      ]);
    });

    it('is answered its own result for a key that the other used too', async () => {
      const { sendSms } = await send(me, { idempotencyKey: KEY }, transport);
      expect(sendSms).toMatchObject({ isReplay: true, recipients: [{ messageId: traces[me].messageId }] });
      expect(sendSms.recipients[0].sentMessage?.text ?? textOf(me)).toBe(textOf(me));
    });
  });
});

describe('answers that are kept or shared', () => {
  const LIST = `{ messages { ${PAGE} } }`;

  it('serve one workspace, although the other asks the same at the same time', async () => {
    provider.faults.next({ kind: 'slow', path: '/sms/messages', delayMs: 300, times: 2 });
    await send('shop');
    await send('bank'); // neither list is kept any more
    provider.requests.clear();
    const asked = await Promise.all(
      [...WORKSPACES, ...WORKSPACES, ...WORKSPACES].map(async (workspace) => ({
        workspace,
        data: await dataOf(workspace, LIST),
      })),
    );
    for (const { workspace, data } of asked)
      for (const { text } of data.messages.nodes) expect(text).toBe(textOf(workspace));
    for (const workspace of WORKSPACES)
      expect(provider.requests.count({ path: '/sms/messages', workspace })).toBe(1);
  });

  it('serve nobody who lacks the scope, however fresh they are', async () => {
    await dataOf('shop', '{ balance { amount } }');
    const narrow = await tokenFor({ sub: 'ben', scope: 'balance.write sms.send', workspace: 'shop' });
    for (const query of [
      '{ balance { amount } }',
      `{ message(messageId: "${traces.shop.messageId}") { text } }`,
      `{ node(id: "${traces.shop.ids[0]}") { id } }`,
      LIST,
    ])
      for (const transport of TRANSPORTS) {
        const { data, errors } = await ask(transport, gateway, { query }, narrow);
        expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
        expect(Object.values(data ?? {}).every((value) => value === null)).toBe(true);
      }
  });
});

describe('a download link', () => {
  const download = (token: string) =>
    fetch(`${gateway.url}/exports/messages.csv?token=${encodeURIComponent(token)}`);

  it.each(WORKSPACES)('of the %s holds its rows and none of the other', async (me) => {
    const csv = await (await download(traces[me].exportToken)).text();
    expect(csv).toContain(textOf(me));
    expect(csv).not.toContain(textOf(otherOf(me)));
  });

  it('cannot be turned into one of the other', async () => {
    const [body = '', mac = ''] = traces.shop.exportToken.split('.');
    const grant = Buffer.from(body, 'base64url').toString();
    expect(grant).toContain('"shop"');
    const edited = Buffer.from(grant.replace('"shop"', '"bank"')).toString('base64url');
    const [, macOfOther = ''] = traces.bank.exportToken.split('.');
    for (const token of [`${edited}.${mac}`, `${edited}.${macOfOther}`, traces.bank.pageCursor, `${edited}.`])
      expect((await download(token)).status).toBe(403);
  });
});

describe('delivery reports', () => {
  const SUBSCRIBE = { SSE: subscribeOverStream, WebSocket: subscribeOverSocket } as const;

  async function post(
    route: Workspace,
    secretOf: Workspace,
    messageId: string,
    status = 'DELIVRD',
  ): Promise<number> {
    const { body, headers } = signReport({ messageId, status }, webhookSecretOf(secretOf));
    return (await fetch(`${gateway.url}/webhooks/${route}/delivery`, { method: 'POST', body, headers }))
      .status;
  }

  it.each(WORKSPACES)('at the route of the %s need a secret of its own', async (me) => {
    expect(await post(me, otherOf(me), 'signed-by-the-other')).toBe(401);
    expect(await post(me, me, 'signed-by-its-own')).toBe(204);
  });

  it('at the route without a name are those of the default workspace', async () => {
    const { body, headers } = signReport({ messageId: 'nameless' }, webhookSecretOf('bank'));
    const { status } = await fetch(`${gateway.url}/webhooks/delivery`, { method: 'POST', body, headers });
    expect(status).toBe(401);
  });

  const subscribersAre = (count: number) =>
    expect.poll(() => gateway.gateway.parts.hub.subscriberCount).toBe(count);

  it.each(['SSE', 'WebSocket'] as const)(
    'reach the feed of their workspace alone, over %s',
    async (transport) => {
      const open = (workspace: Workspace) => follow<FeedData>(transport, workspace, FEED_QUERY);
      const feeds = { shop: open('shop'), bank: open('bank') };
      await subscribersAre(2);
      for (const workspace of ['shop', 'bank', 'shop'] as const)
        expect(await post(workspace, workspace, `${transport}-${workspace}-${Math.random()}`)).toBe(204);
      expect(await post('bank', 'bank', `${transport}-bank-last`)).toBe(204);
      const heard = async (workspace: Workspace) =>
        [await feeds[workspace].next(), await feeds[workspace].next()].map(
          ({ deliveryReportReceived: { report } }) => report.messageId,
        );
      for (const workspace of WORKSPACES)
        for (const messageId of await heard(workspace))
          expect(messageId).toContain(`${transport}-${workspace}-`);
      await Promise.all(Object.values(feeds).map((feed) => feed.leave()));
      await subscribersAre(0); // who left is not to be taken for who comes next
    },
  );

  it.each(['SSE', 'WebSocket'] as const)(
    'give cursors that are good in their workspace alone, over %s',
    async (transport) => {
      const feed = follow<FeedData>(transport, 'shop', FEED_QUERY);
      await subscribersAre(1);
      await post('shop', 'shop', `${transport}-first`);
      const {
        deliveryReportReceived: { cursor },
      } = await feed.next();
      await feed.leave();
      await subscribersAre(0);
      await post('shop', 'shop', `${transport}-second`);
      await post('bank', 'bank', `${transport}-second`);
      const foreign = follow(transport, 'bank', FEED_QUERY, {}, cursor);
      expect(await foreign.over).toBe('CURSOR_INVALID');
      const own = follow<FeedData>(transport, 'shop', FEED_QUERY, {}, cursor);
      expect((await own.next()).deliveryReportReceived.report.messageId).toBe(`${transport}-second`);
      await own.leave();
      await subscribersAre(0);
    },
  );

  it.each(['SSE', 'WebSocket'] as const)(
    'of a message of the other cannot be followed, over %s',
    async (transport) => {
      const foreign = follow(transport, 'bank', STATUS_QUERY, { ids: [traces.shop.messageId] });
      expect(await foreign.over).toBe('BAD_USER_INPUT');
    },
  );

  it('that one workspace is sent about a message of the other change nothing there', async () => {
    const { sendSms } = await send('bank', { to: ['+15550100010'] }); // never final by itself
    const [{ messageId }] = sendSms.recipients;
    const status = follow<StatusData>('WebSocket', 'bank', STATUS_QUERY, { ids: [messageId] });
    const opening = await status.next();
    expect(opening.messageStatusChanged.status).toMatch(/PENDING|SENT/);
    expect(await post('shop', 'shop', messageId, 'UNDELIV')).toBe(204);
    expect(await post('bank', 'bank', messageId, 'DELIVRD')).toBe(204);
    const change = async () => (await status.next()).messageStatusChanged.status;
    expect(await change()).toMatch(/SENT|DELIVERED/);
    expect(await status.over).toBe('complete');
    const data = await dataOf(
      'bank',
      `{ message(messageId: "${messageId}") { status deliveryReports { rawStatus } } }`,
    );
    expect(data.message).toEqual({ status: 'DELIVERED', deliveryReports: [{ rawStatus: 'DELIVRD' }] });
    const seen = await dataOf('shop', `{ message(messageId: "${messageId}") { status } }`);
    expect(seen.message).toBeNull();
  });

  it('that say the same in both are one in each', async () => {
    expect(await post('shop', 'shop', 'twin')).toBe(204);
    expect(await post('bank', 'bank', 'twin')).toBe(204);
    expect(await post('bank', 'bank', 'twin')).toBe(204);
    const { log } = gateway.gateway.parts.store;
    for (const workspace of WORKSPACES)
      expect((await log.readMessages(workspace, ['twin'])).get('twin')).toHaveLength(1);
  });

  /** Tokens travel as each transport carries them. */
  function follow<SomeData>(
    transport: 'SSE' | 'WebSocket',
    workspace: Workspace,
    query: string,
    variables = {},
    after: string | null = null,
  ): OpenSubscription<SomeData> {
    return openSubscription(SUBSCRIBE[transport], {
      url: gateway.url,
      query,
      variables,
      after,
      token: tokens[workspace],
    });
  }
});
