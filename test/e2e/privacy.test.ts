import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { loadConfig } from '../../src/config.ts';
import { createLogger } from '../../src/logger.ts';
import { listSecrets } from '../../src/main/list-secrets.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { type Gateway, startGateway } from '../../src/start-gateway.ts';

const TEXT = 'canary-text-of-a-message';
const NUMBER = '+447911123421';
const API_KEY = 'sk_prod_canaryKeyOfTheTest';
const API_SECRET = 'canary-secret-of-the-key';
const WEBHOOK_SECRET = 'canary-secret-of-webhooks';
const JWT_SECRET = 'canary-secret-of-the-tokens-of-callers';

let folder: string;
let simulator: Simulator;
let gateway: Gateway;
let token: string;
const lines: string[] = [];
const answers: string[] = [];

/** Goes through everything a caller and the provider can do right and wrong, and keeps what was said about it. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'privacy-'));
  simulator = await startSimulator({
    accounts: [{ id: 'default', keys: [{ key: API_KEY, secret: API_SECRET }] }],
    timings: { sentAfterMs: 1, deliveredAfterMs: 5 },
  });
  const config = loadConfig({
    PORT: '0',
    STORE_URL: `file:${join(folder, 'data')}`,
    SMS_API_URL: simulator.url,
    SMS_API_KEY: API_KEY,
    METRICS: 'public',
    SMS_API_SECRET: API_SECRET,
    WEBHOOK_SECRETS: WEBHOOK_SECRET,
    AUTH_JWT_SECRET: JWT_SECRET,
    GUARD_RECIPIENT_PER_HOUR: '3',
  });
  const destination = { write: (line: string) => void lines.push(line) };
  const logger = createLogger('trace', { secrets: listSecrets(config), destination });
  gateway = await startGateway(config, { logger });
  simulator.setWebhook('default', `${gateway.url}/webhooks/delivery`, WEBHOOK_SECRET);
  token = await new SignJWT({ sub: 'ann', scope: '*' })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(JWT_SECRET));
  await doEverything();
  answers.push(await (await fetch(`${gateway.url}/metrics`)).text());
  await gateway.drain();
}, 60_000);

afterAll(async () => {
  await simulator.close();
  rmSync(folder, { recursive: true, force: true });
});

async function ask(query: string, variables: object = {}, bearer: string | null = token) {
  const headers = {
    'content-type': 'application/json',
    'x-request-id': 'a b\r\n{"level":"fatal"}'.replace(/[\r\n]/g, '\u009b'),
    ...(bearer !== null && { authorization: `Bearer ${bearer}` }),
  };
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ query, variables }),
  });
  const body = await response.text();
  answers.push(body);
  return JSON.parse(body);
}

const SEND = `mutation ($to: [String!]!, $text: String!, $sender: String!, $key: String) {
  sendSms(input: { to: $to, text: $text, sender: $sender, idempotencyKey: $key }) {
    __typename ... on SendResult { recipients { messageId } } ... on UserError { code message } } }`;

const send = (input: object = {}) => ask(SEND, { to: [NUMBER], text: TEXT, sender: 'MyApp', ...input });

async function doEverything(): Promise<void> {
  const reports = gateway.parts.hub.subscribe({ workspace: 'default', messageIds: null }, null);
  await send({ key: 'order-1' });
  await reports.next();
  await reports.return();
  await send({ key: 'order-1' });
  await send({ key: 'order-1', text: `${TEXT} changed` });
  await send({ to: [NUMBER, NUMBER, `${NUMBER}x`], sender: '1' });
  await send({ text: { nested: TEXT } });
  await send({ to: NUMBER.slice(1) });
  for (let i = 0; i < 4; i += 1) await send();
  await ask(`{ messages(filter: { phoneContains: "${NUMBER}" }) { nodes { recipient status } } }`);
  await ask(`{ messages(filter: { phoneContains: "${NUMBER}" }, after: "${TEXT}") { totalCount } }`);
  await ask(`{ estimate(text: "${TEXT}", to: ["${NUMBER}"]) { segments cost } }`);
  await ask(`{ nonsense(text: "${TEXT}") }`);
  await ask(`query To${NUMBER.slice(1)} { balance { amount } }`);
  await ask('{ balance { amount } }', {}, `${token}x`);
  await ask('{ balance { amount } }', {}, null);
  await meetFaults();
  await postWebhooks();
  await openBadSocket();
}

async function meetFaults(): Promise<void> {
  simulator.faults.next({ kind: 'internal_error', path: '/sms/send' });
  await send({ to: ['+447911000002'], key: 'order-2' });
  simulator.faults.next({ kind: 'cut_after', path: '/sms/send' });
  await send({ to: ['+447911000003'], key: 'order-3' });
  simulator.changeAccount('default', { sendRefusal: 'NO_SMS_ACCESS' });
  await send({ to: ['+447911000004'] });
  simulator.changeAccount('default', { sendRefusal: null, balance: '0.00' });
  await send({ to: ['+447911000005'] });
}

async function postWebhooks(): Promise<void> {
  const post = (path: string, body: string, headers: Readonly<Record<string, string>> = {}) =>
    fetch(`${gateway.url}${path}`, { method: 'POST', body, headers });
  const body = JSON.stringify({ message_id: 'x', recipient: NUMBER, status: TEXT });
  await post('/webhooks/delivery', body);
  await post('/webhooks/delivery', body, {
    'x-webhook-timestamp': '1',
    'x-webhook-signature': `sha256=${'0'.repeat(64)}`,
  });
  await post(`/webhooks/${NUMBER.slice(1)}/delivery`, TEXT);
  await fetch(`${gateway.url}/exports/messages.csv?token=${TEXT}`);
}

async function openBadSocket(): Promise<void> {
  const socket = new WebSocket(gateway.url.replace('http', 'ws').concat('/graphql'), 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send(
    JSON.stringify({
      type: 'connection_init',
      payload: { authorization: `Bearer ${token}x`, phone: NUMBER },
    }),
  );
  await once(socket, 'close');
}

const logs = () => lines.join('');

describe('after everything that can be done right and wrong', () => {
  it('there are logs, each line whole', () => {
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
    expect(logs()).not.toContain('"level":"fatal"');
  });

  it('no log and no metric holds a number, a text, a token, a key or a secret', () => {
    const metrics = answers.at(-1) ?? '';
    for (const said of [logs(), metrics]) {
      expect(said).not.toMatch(/447911|7911123421/);
      expect(said).not.toContain('canary');
      expect(said).not.toContain(token);
    }
  });

  it('no answer holds a key or a secret, and none tells of our insides', () => {
    for (const answer of answers) {
      expect(answer).not.toMatch(/canaryKey|canary-secret/);
      expect(answer).not.toMatch(/node_modules|\.ts:\d|at async/);
    }
  });

  it('no text and no secret is kept in the store', () => {
    const files = readdirSync(join(folder, 'data'), { recursive: true, withFileTypes: true }).filter(
      (entry) => entry.isFile(),
    );
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const bytes = readFileSync(join(file.parentPath, file.name));
      expect(bytes.includes('canary')).toBe(false);
      expect(bytes.includes(Buffer.from(TEXT, 'utf16le'))).toBe(false);
    }
  });

  it('what was sent did arrive, so that there was something to hide', () => {
    expect(simulator.sentTo(NUMBER).length).toBeGreaterThan(0);
    expect(simulator.sentTo(NUMBER)[0]).toMatchObject({ text: TEXT });
    expect(
      answers.some(
        (answer) => answer.includes('GUARD') || answer.includes('guard') || answer.includes('an hour'),
      ),
    ).toBe(true);
  });
});
