import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../src/config.ts';
import { createLogger } from '../src/logger.ts';
import { startSimulator } from '../src/simulator/simulator.ts';
import { type Gateway, type GatewayOptions, startGateway } from '../src/start-gateway.ts';
import { portOf } from './support/port-of.ts';

const JWT_SECRET = 'a-secret-of-at-least-thirty-two-bytes';
const logger = createLogger('silent');

let folder: string;
const opened: { close(): Promise<unknown> }[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gateway-'));
});
afterEach(async () => {
  for (const { close } of opened.splice(0).reverse()) await close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(
  env: Readonly<Record<string, string>> = {},
  options: Partial<GatewayOptions> = {},
): Promise<Gateway> {
  const config = loadConfig({ PORT: '0', STORE_URL: `file:${join(folder, 'data')}`, ...env });
  const gateway = await startGateway(config, { logger, ...options });
  opened.push({ close: gateway.drain });
  return gateway;
}

async function ask(gateway: Gateway, query: string, token?: string) {
  const headers = {
    'content-type': 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ query }),
  });
  return { status: response.status, body: await response.json() };
}

const sign = (claims: Readonly<Record<string, unknown>>) =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(JWT_SECRET));

const SEND = `mutation { sendSms(input: { to: ["+447911123456"], text: "Hello", sender: "MyApp" }) {
  __typename ... on SendResult { recipients { messageId } } ... on UserError { code message } } }`;

describe('a sandbox', () => {
  it('hears of its own messages by webhooks that it signs itself', async () => {
    const gateway = await start({}, { simulator: { timings: { sentAfterMs: 1, deliveredAfterMs: 2 } } });
    const reports = gateway.parts.hub.subscribe({ workspace: 'default', messageIds: null }, null);
    const { body } = await ask(gateway, SEND);
    const [recipient] = body.data.sendSms.recipients;
    const { value: entry } = await reports.next();
    expect(entry).toMatchObject({
      report: { messageId: recipient.messageId, status: 'DELIVERED', isRecovered: false },
    });
    await reports.return();
    const read = await ask(
      gateway,
      `{ message(messageId: "${recipient.messageId}") { status deliveryReports { status } } }`,
    );
    expect(read.body.data.message).toEqual({
      status: 'DELIVERED',
      deliveryReports: [{ status: 'DELIVERED' }],
    });
  });

  it('counts what it does', async () => {
    const gateway = await start();
    await ask(gateway, '{ balance { amount } }');
    const text = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(text).toContain('gateway_upstream_calls_total{area="balance",outcome="ok"} 1');
    expect(text).toContain('gateway_operations_total{type="query",outcome="ok"} 1');
  });
});

describe('several workspaces', () => {
  async function startTwo() {
    const simulator = await startSimulator({
      accounts: [
        { id: 'shop', keys: [{ key: 'sk_prod_shop' }], balance: '11.00' },
        { id: 'bank', keys: [{ key: 'sk_prod_bank', secret: 'signs' }], balance: '22.00' },
      ],
    });
    opened.push(simulator);
    const path = join(folder, 'workspaces.json');
    writeFileSync(
      path,
      JSON.stringify([
        { id: 'shop', apiKey: 'sk_prod_shop', webhookSecrets: ['secret-of-the-shop'] },
        { id: 'bank', apiKey: 'sk_prod_bank', apiSecret: 'signs', webhookSecrets: ['secret-of-the-bank'] },
      ]),
    );
    return start({ WORKSPACES_FILE: path, SMS_API_URL: simulator.url, AUTH_JWT_SECRET: JWT_SECRET });
  }

  it('each have their own key, and callers see the one that their token names', async () => {
    const gateway = await startTwo();
    const balanceOf = async (claims: Readonly<Record<string, unknown>>) =>
      (
        await ask(
          gateway,
          '{ viewer { workspace } balance { amount } }',
          await sign({ scope: '*', ...claims }),
        )
      ).body.data;
    expect(await balanceOf({})).toMatchObject({
      viewer: { workspace: 'shop' },
      balance: { amount: '11.00' },
    });
    expect(await balanceOf({ workspace: 'bank' })).toMatchObject({
      viewer: { workspace: 'bank' },
      balance: { amount: '22.00' },
    });
  });

  it('refuse callers without a token, with a foreign one, and for a workspace that is not there', async () => {
    const gateway = await startTwo();
    const codeOf = async (token?: string) =>
      (await ask(gateway, '{ viewer { workspace } }', token)).body.errors[0].extensions.code;
    expect(await codeOf()).toBe('UNAUTHENTICATED');
    expect(await codeOf('x.y.z')).toBe('UNAUTHENTICATED');
    expect(await codeOf(await sign({ scope: '*', workspace: 'other' }))).toBe('FORBIDDEN');
  });

  it('each have their own webhook, and nobody else has one', async () => {
    const gateway = await startTwo();
    const post = async (path: string) =>
      (await fetch(`${gateway.url}${path}`, { method: 'POST', body: '{}' })).status;
    expect(await post('/webhooks/delivery')).toBe(401);
    expect(await post('/webhooks/bank/delivery')).toBe(401);
    expect(await post('/webhooks/other/delivery')).toBe(404);
  });
});

describe('the end', () => {
  it('leaves nothing open: the port is free and the folder can be opened again', async () => {
    const first = await start();
    expect(await first.isReady()).toBe(true);
    await first.drain();
    await expect(fetch(`${first.url}/healthz`)).rejects.toThrow();
    const second = await start({ PORT: new URL(first.url).port });
    expect(await second.isReady()).toBe(true);
  });

  it('comes also when the start fails half-way', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const port = String(portOf(other));
    await expect(start({ PORT: port })).rejects.toThrow('EADDRINUSE');
    other.close();
    await once(other, 'close');
    await expect(start({ PORT: port })).resolves.toBeDefined();
  });
});
