import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ask } from '../support/ask-everywhere.ts';
import { createDeferred, type Deferred } from '../support/deferred.ts';
import {
  type LiveGateway,
  startLiveGateway,
  startProvider,
  webhookSecretOf,
} from '../support/live-gateway.ts';
import { openRawSocket } from '../support/raw-socket.ts';
import { cut, json, type Script, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { postReport } from '../support/signed-report.ts';
import { tokenFor } from '../support/tokens.ts';

const BALANCE = { query: '{ balance { amount } }' };
const SEND = `mutation ($key: String!) {
  sendSms(input: { to: ["+447911123456"], text: "Hello", sender: "MyApp", idempotencyKey: $key }) {
    __typename ... on UserError { code } ... on UpstreamUnavailableError { isSafeToRetry } } }`;

const tokenOf = (workspace: string) => tokenFor({ sub: 'ann', scope: '*', workspace });
const token = await tokenOf('shop');

async function start(
  providerUrl: string,
  workspaces = ['shop'],
  env: Readonly<Record<string, string>> = {},
): Promise<LiveGateway> {
  const gateway = await startLiveGateway({
    providerUrl,
    workspaces,
    env: { READ_CACHE_TTL_MS: '0', ...env },
  });
  onTestFinished(() => gateway.close());
  return gateway;
}

async function scripted(script: Script) {
  const upstream = await startScriptedUpstream(script);
  onTestFinished(() => upstream.close());
  return upstream;
}

const figure = async (gateway: LiveGateway, name: string): Promise<number> =>
  Number((await gateway.metrics()).split(`\n${name} `)[1]?.split('\n')[0]);

describe('an event loop that lags', () => {
  /** Keeps this process, which is the server's, busy until told otherwise. */
  function keepBusy(): () => Promise<void> {
    let isBusy = true;
    const work = async () => {
      while (isBusy) {
        for (const until = performance.now() + 60; performance.now() < until; );
        await nextTurn();
      }
    };
    const worked = work();
    return () => {
      isBusy = false;
      return worked;
    };
  }

  it('sheds readers with 503 and Retry-After, while signed reports are taken to the log and sockets live', async () => {
    const provider = await startProvider();
    onTestFinished(() => provider.close());
    const gateway = await start(provider.url, ['shop'], { LIMIT_EVENT_LOOP_LAG_MS: '20' });
    const socket = await openRawSocket(gateway.webSocketUrl);
    socket.send({ type: 'connection_init', payload: { token } });
    await socket.next();
    const payload = { query: 'subscription { deliveryReportReceived { report { messageId } } }' };
    socket.send({ type: 'subscribe', id: 'live', payload });
    await expect.poll(() => figure(gateway, 'gateway_hub_subscribers')).toBe(1);

    const calmDown = keepBusy();
    onTestFinished(calmDown);
    const read = () =>
      fetch(gateway.graphqlUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify(BALANCE),
      });
    await expect.poll(async () => (await read()).status, { timeout: 10_000 }).toBe(503);
    const shed = await read();
    expect([shed.status, shed.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await shed.json()).toMatchObject({ errors: [{ extensions: { code: 'OVERLOADED' } }] });

    expect(await postReport(gateway.url, { messageId: 'api_1_1' }, webhookSecretOf('shop'))).toBe(204);
    expect(await socket.next()).toMatchObject({
      id: 'live',
      payload: { data: { deliveryReportReceived: { report: { messageId: 'api_1_1' } } } },
    });
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);

    await calmDown();
    await expect.poll(async () => (await read()).status).toBe(200);
    expect(await figure(gateway, 'gateway_shed_requests_total{route="graphql"}')).toBeGreaterThan(0);
    expect(await figure(gateway, 'gateway_webhooks_total{verdict="appended"}')).toBe(1);
    socket.close();
  });
});

describe('a provider that is dead for one workspace', () => {
  const OK = json({ balance: 1250.5, currency: 'EUR', updated: '2026.02.13 10:15:00' });
  const deadFor =
    (apiKey: string, how: Script): Script =>
    (request, response, index) =>
      (request.headers['x-api-key'] === apiKey ? how : OK)(request, response, index);

  const openedOf = (area: string, gateway: LiveGateway) =>
    figure(gateway, `gateway_upstream_breaker_total{area="${area}",state="opened"}`);

  it('is not called any more, and the other workspace notices nothing', async () => {
    const upstream = await scripted(deadFor('sk_prod_shop', json('', 500)));
    const gateway = await start(upstream.baseUrl, ['shop', 'bank']);
    const bank = await tokenOf('bank');
    for (let failed = 0; failed < 20; failed += 1) await ask('HTTP', gateway, BALANCE, token);
    expect(await openedOf('balance', gateway)).toBe(1);
    const callsOf = (key: string) =>
      upstream.requests.filter(({ headers }) => headers['x-api-key'] === key).length;
    const before = callsOf('sk_prod_shop');
    for (let asked = 0; asked < 10; asked += 1) {
      expect(await ask('HTTP', gateway, BALANCE, token)).toMatchObject({
        errors: [{ extensions: { code: 'UPSTREAM_UNAVAILABLE', isSafeToRetry: true } }],
      });
      expect(await ask('HTTP', gateway, BALANCE, bank)).toMatchObject({
        data: { balance: { amount: '1250.5' } },
      });
    }
    expect(callsOf('sk_prod_shop')).toBe(before);
    expect(callsOf('sk_prod_bank')).toBe(10);
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
  });

  it('leaves an unknown send unknown, and says of a new one that nothing was sent', async () => {
    const upstream = await scripted(cut);
    const gateway = await start(upstream.baseUrl, ['shop'], { GUARDS: 'off' });
    const send = async (key: string) =>
      (await ask('HTTP', gateway, { query: SEND, variables: { key } }, token)).data?.['sendSms'];
    expect(await send('order-1')).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    for (let failed = 1; failed < 20; failed += 1) await send(`cut-${failed}`);
    expect(await openedOf('send', gateway)).toBe(1);
    const posts = () => upstream.requests.filter(({ method }) => method === 'POST').length;
    expect(posts()).toBe(20);
    for (let asked = 0; asked < 3; asked += 1)
      expect(await send('order-1')).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(await send('order-2')).toEqual({
      __typename: 'UpstreamUnavailableError',
      code: 'UPSTREAM_UNAVAILABLE',
      isSafeToRetry: true,
    });
    expect(posts()).toBe(20);
    const entry = await gateway.gateway.parts.store.sends.find('shop', 'order-1');
    expect(entry?.outcome).toEqual({ kind: 'UNKNOWN' });
    expect((await gateway.gateway.parts.store.sends.find('shop', 'order-2'))?.outcome?.kind).toBe('NOT_SENT');
  });
});

describe('calls at once to the provider', () => {
  it('shrink at a 429 and rise again with answers, while every caller gets one', async () => {
    let isLimited = true;
    const limited = createDeferred();
    const upstream = await scripted((request, response, index) => {
      if (!isLimited) return json([])(request, response, index);
      limited.resolve();
      return json('', 429, { 'retry-after': '0' })(request, response, index);
    });
    const gateway = await start(upstream.baseUrl, ['shop'], { SMS_API_CONNECTIONS: '16' });
    const concurrency = () => figure(gateway, 'gateway_upstream_concurrency');
    const read = () => ask('HTTP', gateway, { query: '{ payments { id } }' }, token);
    expect(await concurrency()).toBe(16);
    expect(await read()).toMatchObject({ errors: [{ extensions: { code: 'RATE_LIMITED' } }] });
    await limited.promise;
    const shrunk = await concurrency();
    expect(shrunk).toBeLessThanOrEqual(8);
    isLimited = false;
    for (let asked = 0; asked < 60; asked += 1)
      expect(await read()).toEqual(expect.objectContaining({ data: { payments: [] } }));
    expect(await concurrency()).toBeGreaterThan(shrunk);
  });

  it('never are more than so many, less those kept for sends: the rest waits its turn and is answered', async () => {
    const held: Deferred<void>[] = [];
    let running = 0;
    let most = 0;
    const upstream = await scripted(async (request, response, index) => {
      running += 1;
      most = Math.max(most, running);
      const turn = createDeferred();
      held.push(turn);
      await turn.promise;
      running -= 1;
      json({ status: false, error_code: 'NOT_FOUND' }, 404)(request, response, index);
    });
    const gateway = await start(upstream.baseUrl, ['shop'], { SMS_API_CONNECTIONS: '5' });
    const reads = Array.from({ length: 12 }, (_, index) =>
      ask('HTTP', gateway, { query: `{ message(messageId: "api_${index}_1") { id } }` }, token),
    );
    for (let answered = 0; answered < 12; answered += 1) {
      await upstream.received(Math.min(12, answered + 3));
      await expect.poll(() => held.length, { interval: 5 }).toBeGreaterThan(0);
      held.shift()?.resolve();
    }
    for (const answer of await Promise.all(reads)) expect(answer.data).toEqual({ message: null });
    expect(most).toBe(3);
  });
});
