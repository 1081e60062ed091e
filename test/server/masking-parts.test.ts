import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Provider, ProviderSession } from '../../src/rest/provider-session.ts';
import { schema } from '../../src/schema/index.ts';
import { ask, TRANSPORTS } from '../support/ask-everywhere.ts';
import { openEventStream } from '../support/event-stream-client.ts';
import { openRawSocket } from '../support/raw-socket.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';
import { CANARY } from '../support/test-schema.ts';

/** The real schema; whatever is below it breaks in a way that nobody thought of. */
let gateway: TestGateway;
const repairs: (() => void)[] = [];

const crash = (): never => {
  throw new TypeError(CANARY);
};
const crashLater = async (): Promise<never> => crash();

/** What it cost is read of every operation; everything else breaks, each way in turn. */
const brokenSession = (fail: () => unknown): ProviderSession =>
  new Proxy({} as ProviderSession, {
    get: (_target, name) => (name === 'cost' ? { calls: 0, coalesced: 0, cached: 0 } : fail),
  });

const provider: { openSession: Provider['openSession'] } & Provider = {
  workspace: 'default',
  openSession: () => brokenSession(crash),
  applyReport: () => undefined,
  clockMs: () => null,
  close: async () => undefined,
};

beforeAll(async () => {
  gateway = await startTestGateway({ schema, parts: { providers: new Map([['default', provider]]) } });
});
afterAll(() => gateway.close());
afterEach(() => {
  for (const repair of repairs.splice(0)) repair();
});

/** Until the test ends. */
function breakPart<Part extends object>(part: Part, changes: Partial<Record<keyof Part, unknown>>): void {
  const before = Object.fromEntries(Object.keys(changes).map((name) => [name, Reflect.get(part, name)]));
  Object.assign(part, changes);
  repairs.push(() => Object.assign(part, before));
}

const SEND =
  'mutation { sendSms(input: { to: ["+447700900123"], text: "x", sender: "MyApp" }) { __typename } }';

const FIELDS: readonly string[] = [
  '{ message(messageId: "m1") { text } }',
  '{ messagesById(messageIds: ["m1", "m2"]) { text } }',
  `{ node(id: "${btoa('Message:m1')}") { id } }`,
  `{ node(id: "${btoa('TrafficItem:m1|+447700900123')}") { id } }`,
  `{ nodes(ids: ["${btoa('Message:m1')}"]) { id } }`,
  '{ messages { totalCount } }',
  '{ traffic { totalCount } }',
  '{ stats { sent daily { sent } byCountry { sent } } }',
  '{ balance { amount } }',
  '{ prices { rate } }',
  '{ payments { amount } }',
  '{ webhookSettings { deliveryUrl } }',
  '{ webhookAttempts { __typename } }',
  '{ estimate(text: "x", to: ["+447700900123"]) { segments cost } }',
  'mutation { updateWebhookSettings(input: { deliveryUrl: "https://example.com/" }) { __typename } }',
  'mutation { testWebhook { __typename } }',
];

const expectMasked = (answer: unknown) => {
  const text = JSON.stringify(answer);
  expect(text).not.toContain(CANARY);
  expect(text).not.toMatch(/\.ts|TypeError/);
  expect(text).toContain('INTERNAL_SERVER_ERROR');
};

describe.each(TRANSPORTS)('over %s', (transport) => {
  const send = (query: string) => ask(transport, gateway, { query });

  it.each(FIELDS)('what breaks below %s is masked', async (query) => {
    for (const fail of [crash, crashLater]) {
      breakPart(provider, { openSession: () => brokenSession(fail) });
      expectMasked(await send(query));
    }
  });

  it('what breaks while a session is opened is masked', async () => {
    breakPart(provider, { openSession: crash });
    expectMasked(await send('{ viewer { workspace } }'));
  });

  it('what breaks in the store is masked, in every part of it', async () => {
    const { store } = gateway.parts;
    for (const fail of [crash, crashLater]) {
      breakPart(store.sends, { claim: fail, find: fail });
      expectMasked(await send(SEND));
      for (const repair of repairs.splice(0)) repair();
      breakPart(store.counters, { charge: fail });
      expectMasked(await send(SEND));
    }
  });

  it('what breaks in limits, before anything is executed, is masked', async () => {
    breakPart(gateway.parts.queryLimits, { checkOperation: crash });
    expectMasked(await send('{ viewer { workspace } }'));
  });

  it('what breaks while a link is sealed is masked', async () => {
    breakPart(gateway.parts.sealers.exportToken, { seal: crash });
    expectMasked(await send('mutation { exportMessages { __typename } }'));
  });
});

describe.each(['SSE', 'WebSocket'] as const)('subscriptions over %s', (transport) => {
  const FEED = 'subscription { deliveryReportReceived { cursor } }';
  const STATUS = 'subscription { messageStatusChanged(messageIds: ["m1"]) { cursor } }';

  it.each([FEED, STATUS])('what breaks while %s is opened is masked', async (query) => {
    breakPart(gateway.parts.hub, { subscribe: crash });
    expectMasked(await ask(transport, gateway, { query }));
  });

  it('what breaks while events are made is masked', async () => {
    breakPart(gateway.parts.hub, { derive: crash });
    const answer = ask(transport, gateway, { query: FEED });
    await expect.poll(() => gateway.parts.hub.subscriberCount).toBe(1);
    await gateway.tick(Math.random());
    expectMasked(await answer);
  });
});

describe('who calls', () => {
  it('hears nothing of what breaks while a token is checked', async () => {
    breakPart(gateway.parts.authenticator, { authenticate: crashLater });
    const answer = await gateway.post({ query: '{ viewer { workspace } }' });
    expect(answer.status).toBe(500);
    expectMasked(await answer.json());
    const stream = await openEventStream(gateway.graphqlUrl, { query: '{ viewer { workspace } }' });
    expectMasked(await stream.text());
    const socket = await openRawSocket(gateway.webSocketUrl);
    socket.send({ type: 'connection_init' });
    expect(await socket.closed).toEqual({ code: 1013, reason: 'The token cannot be checked right now' });
  });
});

describe('beside GraphQL', () => {
  const download = async () => {
    const { data } = await ask('HTTP', gateway, {
      query: 'mutation { exportMessages { ... on ExportLink { url } } }',
    });
    const link = data?.['exportMessages'] as { readonly url: string } | undefined;
    return fetch(link?.url ?? 'there is no link');
  };
  const exportOf = (body: AsyncIterable<Uint8Array>) =>
    new Proxy({} as ProviderSession, {
      get: (_target, name) =>
        name === 'cost'
          ? { calls: 0, coalesced: 0, cached: 0 }
          : async () => ({ body, contentType: 'text/csv' }),
    });

  it('an export that cannot be opened says so and no more', async () => {
    const answer = await download();
    expect(answer.status).toBe(502);
    expect(await answer.text()).toBe('The export could not be opened.\n');
  });

  it('an export that breaks in the middle is cut off', async () => {
    breakPart(provider, {
      openSession: () =>
        exportOf(
          (async function* () {
            yield Buffer.from('id,text\n');
            crash();
          })(),
        ),
    });
    // Before or after its first bytes have reached the client, as it happens.
    await expect(download().then((answer) => answer.text())).rejects.toThrow(/terminated|fetch failed/);
  });

  it('readiness names the part that fails, and why only in words that are meant to be seen', async () => {
    breakPart(gateway.parts.store, { ping: crashLater });
    const answer = await fetch(`${gateway.url}/readyz`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({
      status: 'not ready',
      failing: ['store'],
      causes: { store: 'The store failed in a way that is not known.' },
      warnings: [],
    });
  });

  it('readiness shows a warning of the store and stays ready', async () => {
    breakPart(gateway.parts.store, { warning: () => 'It was emptied.' });
    const answer = await fetch(`${gateway.url}/readyz`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      status: 'ready',
      failing: [],
      causes: {},
      warnings: ['It was emptied.'],
    });
  });

  it('metrics that cannot be rendered are a bare error with a request id', async () => {
    breakPart(gateway.parts.metrics, { render: crashLater });
    const answer = await fetch(`${gateway.url}/metrics`, { headers: { 'x-request-id': 'find-me' } });
    expect([answer.status, await answer.text()]).toEqual([
      500,
      'Something went wrong here. Give the request id: find-me\n',
    ]);
  });

  it('and all of it is in the log', () => {
    expect(gateway.logLines.filter((line) => line.includes(CANARY)).length).toBeGreaterThan(50);
  });
});
