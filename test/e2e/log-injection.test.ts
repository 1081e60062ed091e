import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { ask, TRANSPORTS } from '../support/ask-everywhere.ts';
import {
  type LiveGateway,
  startLiveGateway,
  startProvider,
  webhookSecretOf,
} from '../support/live-gateway.ts';
import { openRawSocket } from '../support/raw-socket.ts';
import { tokenFor } from '../support/tokens.ts';

/** A second line with a level of its own, colours, a bell, what ends a line for some readers, and text that runs backwards. */
const FORGED = '{"level":"fatal","msg":"FORGED"}';
const POISON = `x\r\n${FORGED}\n\u001b[31mred\u001b[0m\u0007\u0000\u0008\u009b31m\u2028${FORGED}\u2029\u202eevil`;
/** What may travel in a header: no line ends, but everything else. */
const HEADER_POISON = `x\t${FORGED} \u00ff\u009b31m\u0085 %0d%0a${FORGED}`;

let provider: Simulator;
let gateway: LiveGateway;
let token: string;

beforeAll(async () => {
  provider = await startProvider();
  gateway = await startLiveGateway({ providerUrl: provider.url, env: { LOG_LEVEL: 'trace' } });
  token = await tokenFor({ sub: POISON, scope: '*' });
  await poisonGraphql();
  await poisonHeads();
  await poisonSockets();
  await poisonWebhooks();
}, 60_000);
afterAll(async () => {
  await gateway.close();
  await provider.close();
});

async function poisonGraphql(): Promise<void> {
  const input = { to: [POISON], text: POISON, sender: POISON, idempotencyKey: POISON };
  const valid = { to: ['+447700900123'], text: POISON, sender: 'MyApp', idempotencyKey: 'fine' };
  const send = 'mutation ($input: SendSmsInput!) { sendSms(input: $input) { __typename } }';
  const requests: Record<string, unknown>[] = [
    { query: POISON },
    { query: `{ ${POISON} }` },
    { query: '{ viewer { workspace } }', operationName: POISON },
    {
      query: `query ($v: Int) { messages(first: $v) { totalCount } }`,
      variables: { v: POISON, [POISON]: POISON },
    },
    { query: 'query ($v: String) { messages(after: $v) { totalCount } }', variables: { v: POISON } },
    { query: 'query ($v: String!) { message(messageId: $v) { text } }', variables: { v: POISON } },
    { query: 'query ($v: ID!) { node(id: $v) { id } }', variables: { v: btoa('Message:x\r\n') } },
    {
      query: 'query ($v: String) { messages(filter: { phoneContains: $v }) { totalCount } }',
      variables: { v: POISON },
    },
    {
      query: 'subscription ($v: String) { deliveryReportReceived(after: $v) { cursor } }',
      variables: { v: POISON },
    },
    { query: send, variables: { input } },
    { query: send, variables: { input: valid } },
    { query: send, variables: { input: { ...valid, text: 'another' } } },
  ];
  for (const transport of TRANSPORTS)
    for (const request of requests) await ask(transport, gateway, request, token);
  provider.faults.next({ kind: 'internal_error', path: '/sms/messages' });
  await ask('HTTP', gateway, { query: '{ messages { totalCount } }' }, token);
  await ask('HTTP', gateway, { query: '{ viewer { workspace } }' }, `${token}${encodeURIComponent(POISON)}`);
}

/** By hand: clients would refuse to send it. */
async function poisonHeads(): Promise<void> {
  const poisoned = [
    'X-Request-Id',
    'User-Agent',
    'Origin',
    'Authorization',
    'X-Forwarded-For',
    'Traceparent',
    'Accept',
  ];
  const heads = [
    ...poisoned.map(
      (name) => `GET /graphql HTTP/1.1\r\nHost: localhost\r\n${name}: ${HEADER_POISON}\r\n\r\n`,
    ),
    `GET /${encodeURIComponent(POISON)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
    `GET /graphql?query=${encodeURIComponent(POISON)} HTTP/1.1\r\nHost: localhost\r\ngraphql-require-preflight: 1\r\n\r\n`,
    `GET /exports/messages.csv?token=${encodeURIComponent(POISON)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
    `POST /webhooks/${encodeURIComponent(POISON)}/delivery HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n`,
    `GET /healthz\u001b[31m HTTP/1.1\r\nHost: localhost\r\n\r\n`,
    `GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Folded: a\r\n ${FORGED}\r\n\r\n`,
    `GET /healthz HTTP/1.1\r\nHost: ${HEADER_POISON}\r\n\r\n`,
  ];
  for (const head of heads) await sendHead(head);
}

async function sendHead(head: string): Promise<void> {
  const { port } = new URL(gateway.url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.end(Buffer.from(head, 'latin1'));
  socket.resume();
  await once(socket, 'close');
}

async function poisonSockets(): Promise<void> {
  const refused = await openRawSocket(gateway.webSocketUrl);
  refused.send({ type: 'connection_init', payload: { token: POISON, [POISON]: POISON } });
  await refused.closed;
  const socket = await openRawSocket(gateway.webSocketUrl, { headers: { 'x-request-id': '%0d%0aFORGED' } });
  socket.send({ type: 'connection_init', payload: { token } });
  await socket.next();
  socket.send({ type: 'subscribe', id: POISON, payload: { query: '{ viewer { workspace } }' } });
  await socket.next();
  socket.socket.close(4000, 'x\r\nFORGED \u001b[31m');
  await socket.closed;
  const cut = new WebSocket(gateway.webSocketUrl, 'graphql-transport-ws');
  await once(cut, 'open');
  cut.send(Buffer.from([0xff, 0xfe, 0x0d, 0x0a]), { binary: false });
  await once(cut, 'close');
}

async function poisonWebhooks(): Promise<void> {
  const secret = webhookSecretOf('shop');
  const report = { message_id: POISON, recipient: '+447700900123', sender_id: POISON, status: POISON };
  const bodies = [
    POISON,
    JSON.stringify(report),
    JSON.stringify({ ...report, message_id: 'm1', status: 'x\r\nFORGED', status_code: 'x\nFORGED' }),
    JSON.stringify({ ...report, recipient: POISON, timestamp: POISON, [POISON]: POISON }),
  ];
  for (const body of bodies) {
    const timestamp = String(Math.floor(Date.now() / 1000));
    const mac = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
    const headers = { 'x-webhook-timestamp': timestamp, 'x-webhook-signature': `sha256=${mac}` };
    expect((await fetch(`${gateway.url}/webhooks/delivery`, { method: 'POST', body, headers })).status).toBe(
      204,
    );
  }
}

describe('whatever callers and the provider put into what they send', () => {
  it('each log line is one line of JSON', () => {
    expect(gateway.logLines.length).toBeGreaterThan(20);
    for (const line of gateway.logLines) {
      expect(line.endsWith('\n')).toBe(true);
      expect(line.slice(0, -1)).not.toMatch(/[\r\n\u0085\u2028\u2029]/);
      expect(JSON.parse(line)).toBeTypeOf('object');
    }
  });

  it('no log line steers a terminal or a reader', () => {
    for (const line of gateway.logLines) expect(line.slice(0, -1)).not.toMatch(/\p{Cc}|[\u202a-\u202e]/u); // control characters, bidirectional overrides
  });

  it('no log line has a level or a message that somebody else wrote', () => {
    for (const line of gateway.logLines) {
      const { level, msg } = JSON.parse(line) as { readonly level: string; readonly msg: string };
      expect(level).not.toBe('fatal');
      expect(msg).toMatch(/^[\w ,.:;'-]+$/);
      expect(line).not.toContain('FORGED');
    }
  });

  it('no metric has a line or a label that somebody else wrote', async () => {
    const metrics = await gateway.metrics();
    expect(metrics).not.toMatch(/FORGED|evil|(?!\n)\p{Cc}/u);
  });

  it('no answer carries the request id of somebody who would forge a header', async () => {
    const response = await fetch(`${gateway.url}/healthz`, { headers: { 'x-request-id': 'a b;c=\u00ff' } });
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('and the gateway still does its work', async () => {
    const { data } = await ask('HTTP', gateway, { query: '{ viewer { workspace } }' }, token);
    expect(data).toEqual({ viewer: { workspace: 'shop' } });
  });
});
