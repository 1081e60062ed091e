import { createHmac } from 'node:crypto';
import { UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { schema } from '../../src/schema/index.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { ask, TRANSPORTS } from '../support/ask-everywhere.ts';
import { openEventStream } from '../support/event-stream-client.ts';
import { type LiveGateway, startLiveGateway, startProvider } from '../support/live-gateway.ts';
import { openRawSocket } from '../support/raw-socket.ts';
import { tokenFor } from '../support/tokens.ts';

const SUBSCRIBE = { query: 'subscription { deliveryReportReceived { cursor } }' };
const WHO = { query: '{ viewer { workspace subject } }' };

let provider: Simulator;
let gateway: LiveGateway;

beforeAll(async () => {
  provider = await startProvider(['shop', 'bank']);
  gateway = await startLiveGateway({
    providerUrl: provider.url,
    workspaces: ['shop', 'bank'],
    env: { AUTH_CLOCK_SKEW_SECONDS: '30', AUTH_ISSUER: 'https://id.test', AUTH_AUDIENCE: 'sms' },
  });
});
afterAll(async () => {
  await gateway.close();
  await provider.close();
});

const nowSeconds = () => Math.floor(Date.now() / 1000);
const token = (claims: Readonly<Record<string, unknown>> = {}) =>
  tokenFor({ iss: 'https://id.test', aud: 'sms', sub: 'ann', scope: '*', ...claims });

/** A socket that was let in. */
async function openSocket(bearer: string) {
  const socket = await openRawSocket(gateway.webSocketUrl);
  socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${bearer}` } });
  expect(await socket.next()).toEqual({ type: 'connection_ack' });
  return socket;
}

const openStream = (bearer: string) =>
  openEventStream(gateway.graphqlUrl, SUBSCRIBE, { authorization: `Bearer ${bearer}` });

describe('a caller whose token is not one of ours', () => {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = () => ({ iss: 'https://id.test', aud: 'sms', scope: '*', exp: nowSeconds() + 60 });
  const forge = (header: object, key = '') => {
    const body = `${encode(header)}.${encode(claims())}`;
    return `${body}.${key && createHmac('sha256', key).update(body).digest('base64url')}`;
  };
  const swapClaims = async () => {
    const [head, , signature] = (await token({ scope: 'sms.read' })).split('.');
    return `${head}.${encode(claims())}.${signature}`;
  };

  it.each<[string, () => string | null | Promise<string>]>([
    ['no token', () => null],
    ['no signature (alg none)', () => new UnsecuredJWT(claims()).encode()],
    ['a none in other letters', () => forge({ alg: 'nOnE' })],
    ['the signature of a guessed secret', () => forge({ alg: 'HS256' }, 'secret')],
    ['claims that were swapped', swapClaims],
    ['an end that is past', () => token({ exp: nowSeconds() - 1 })],
    ['a beginning beyond the clock skew', () => token({ nbf: nowSeconds() + 60 })],
    ['no end', () => token({ exp: undefined })],
    ['a time of issue beyond the clock skew', () => token({ iat: nowSeconds() + 60 })],
    ['another issuer', () => token({ iss: 'https://evil.test' })],
    ['another audience', () => token({ aud: 'mail' })],
  ])('with %s is refused on every transport', async (_case, forged) => {
    const bearer = await forged();
    const headers: Record<string, string> = bearer === null ? {} : { authorization: `Bearer ${bearer}` };
    const http = await fetch(gateway.graphqlUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(WHO),
    });
    expect([http.status, http.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(await http.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });

    const stream = await openEventStream(gateway.graphqlUrl, SUBSCRIBE, headers);
    expect(stream.response.status).toBe(401);
    expect(await stream.text()).toContain('UNAUTHENTICATED');

    const socket = await openRawSocket(gateway.webSocketUrl, { headers });
    socket.send({ type: 'connection_init' });
    expect(await socket.closed).toMatchObject({ code: 4403 });
  });

  it('is let in when only its clock runs ahead', async () => {
    const bearer = await token({ iat: nowSeconds() + 20, nbf: nowSeconds() + 20, exp: nowSeconds() + 60 });
    for (const transport of TRANSPORTS)
      expect(await ask(transport, gateway, WHO, bearer)).toMatchObject({
        data: { viewer: { subject: 'ann' } },
      });
  });
});

describe('the end of a token', () => {
  /** A second, and what a busy machine takes besides. */
  const CLOSED_WITHIN_MS = 3_000;

  it('closes the socket with 4403, whatever runs on it, within a second', async () => {
    const exp = nowSeconds() + 2;
    const socket = await openSocket(await token({ exp }));
    socket.send({ type: 'subscribe', id: '1', payload: SUBSCRIBE });
    expect(await socket.closed).toEqual({ code: 4403, reason: 'The token has expired.' });
    expect(Date.now()).toBeGreaterThanOrEqual(exp * 1000);
    expect(Date.now() - exp * 1000).toBeLessThan(CLOSED_WITHIN_MS);
  });

  it('ends a stream with a typed error, within a second', async () => {
    const exp = nowSeconds() + 2;
    const stream = await openStream(await token({ exp }));
    expect(stream.response.status).toBe(200);
    const { event, data } = await stream.next();
    expect(Date.now() - exp * 1000).toBeLessThan(CLOSED_WITHIN_MS);
    expect(Date.now()).toBeGreaterThanOrEqual(exp * 1000);
    expect(event).toBe('next');
    expect(JSON.parse(data)).toMatchObject({
      errors: [{ message: 'The token has expired.', extensions: { code: 'UNAUTHENTICATED' } }],
    });
    expect((await stream.next()).event).toBe('complete');
    await expect(stream.next()).rejects.toThrow('the stream ended');
    expect(gateway.gateway.parts.hub.subscriberCount).toBe(0);
  });
});

describe('scopes', () => {
  /** Everything that can be asked; none of it changes anything when it is refused. */
  const DOCUMENTS: Readonly<Record<string, string>> = {
    balance: '{ balance { amount } }',
    message: '{ message(messageId: "api_1_1") { id } }',
    messages: '{ messages(first: 1) { totalCount } }',
    messagesById: '{ messagesById(messageIds: ["api_1_1"]) { id } }',
    node: '{ node(id: "x") { id } }',
    nodes: '{ nodes(ids: ["x"]) { id } }',
    payments: '{ payments { id } }',
    prices: '{ prices { __typename } }',
    stats: '{ stats { __typename } }',
    traffic: '{ traffic(first: 1) { totalCount } }',
    webhookAttempts: '{ webhookAttempts { __typename } }',
    webhookSettings: '{ webhookSettings { __typename } }',
    exportMessages: 'mutation { exportMessages { __typename } }',
    sendSms: 'mutation { sendSms(input: { to: ["1"], text: "", sender: "" }) { __typename } }',
    testWebhook: 'mutation { testWebhook { __typename } }',
    updateWebhookSettings: 'mutation { updateWebhookSettings(input: {}) { __typename } }',
    deliveryReportReceived: SUBSCRIBE.query,
    messageStatusChanged: 'subscription { messageStatusChanged(messageIds: ["api_1_1"]) { cursor } }',
  };
  const ALL = ['sms.send', 'sms.read', 'balance.read', 'pricing.read', 'payments.read'];
  const SCOPES = [...ALL, 'webhooks.read', 'webhooks.write'];
  const guarded = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
    .flatMap((root) => Object.values(root?.getFields() ?? {}))
    .filter(({ extensions }) => extensions['scope'] !== null);

  it('stand before every root field but the open ones', () => {
    expect(guarded.map(({ name }) => name).sort()).toEqual(Object.keys(DOCUMENTS).sort());
  });

  it.each(TRANSPORTS)('refuse over %s what the token does not grant, naming the scope', async (transport) => {
    const subscriptions = Object.keys(schema.getSubscriptionType()?.getFields() ?? {});
    for (const { name, extensions } of guarded) {
      if (transport === 'HTTP' && subscriptions.includes(name)) continue; // they need a stream
      const others = SCOPES.filter((scope) => scope !== extensions['scope']).join(' ');
      const { data, errors } = await ask(
        transport,
        gateway,
        { query: DOCUMENTS[name] },
        await token({ scope: others }),
      );
      expect(errors?.[0], name).toMatchObject({
        message: `This needs the scope ${extensions['scope']}.`,
        extensions: { code: 'FORBIDDEN' },
      });
      expect(Object.values(data ?? {}).every((value) => value === null)).toBe(true);
    }
    expect(provider.requests.count()).toBe(0);
  });

  it.each(TRANSPORTS)('let through over %s what the token grants', async (transport) => {
    const bearer = await token({ scope: 'balance.read' });
    expect(await ask(transport, gateway, { query: '{ balance { currency } }' }, bearer)).toMatchObject({
      data: { balance: { currency: 'EUR' } },
    });
  });
});

describe('the claim `workspace`', () => {
  it.each(TRANSPORTS)('decides over %s whose data is seen', async (transport) => {
    const workspaceOf = async (claims: Readonly<Record<string, unknown>>) =>
      (await ask(transport, gateway, WHO, await token(claims))).data;
    expect(await workspaceOf({})).toMatchObject({ viewer: { workspace: 'shop' } });
    expect(await workspaceOf({ workspace: 'bank' })).toMatchObject({ viewer: { workspace: 'bank' } });
  });

  it.each(['elsewhere', '', 7, ['shop'], null])('forbids %j', async (workspace) => {
    const bearer = await token({ workspace });
    expect(await ask('HTTP', gateway, WHO, bearer)).toMatchObject({
      errors: [{ extensions: { code: 'FORBIDDEN' } }],
    });
    const socket = await openRawSocket(gateway.webSocketUrl);
    socket.send({ type: 'connection_init', payload: { token: bearer } });
    expect(await socket.closed).toMatchObject({ code: 4403 });
  });
});

describe('a gateway that would be open to everybody', () => {
  const WEBHOOKS = { WEBHOOK_SECRETS: 'webhook-secret-of-the-test' };

  it.each(['sk_prod_0123456789', 'sk_test_0123456789', 'any-other-key'])(
    'does not start with the key %s, whose account would be shown, unless AUTH=none says so',
    (key) => {
      const env = { ...WEBHOOKS, SMS_API_KEY: key };
      expect(() => loadConfig(env)).toThrow(/Callers are not authenticated: set AUTH_JWT_SECRET/);
      expect(loadConfig({ ...env, AUTH: 'none' }).auth).toEqual({ kind: 'none' });
    },
  );

  it('lets everybody in when AUTH=none is said outright', async () => {
    const env = { AUTH: 'none', AUTH_JWT_SECRET: '' };
    const open = await startLiveGateway({ providerUrl: provider.url, env });
    for (const transport of TRANSPORTS)
      expect(await ask(transport, open, WHO)).toEqual(
        expect.objectContaining({ data: { viewer: { workspace: 'shop', subject: null } } }),
      );
    await open.close();
  });
});
