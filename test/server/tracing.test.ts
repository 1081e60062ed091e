import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { createLogger } from '../../src/logger.ts';
import { formatTraceParent, parseTraceParent } from '../../src/server/tracing/trace-parent.ts';
import { type Gateway, startGateway } from '../../src/start-gateway.ts';
import { portOf } from '../support/port-of.ts';

interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
  readonly status: { readonly code?: number };
}

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const CALLER = `00-${TRACE_ID}-b7ad6b7169203331-01`;
const UNSAMPLED_CALLER = `00-${TRACE_ID}-b7ad6b7169203331-00`;

const gateways: Gateway[] = [];
afterEach(async () => {
  for (const gateway of gateways.splice(0)) await gateway.drain();
});

/** Answers every request alike, and keeps them. */
async function serve(status: number, answer: string) {
  const received: { readonly request: IncomingMessage; readonly body: string }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    received.push({ request, body: Buffer.concat(chunks).toString() });
    response.writeHead(status, { 'content-type': 'application/json' }).end(answer);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${portOf(server)}`, received };
}

const serveBalance = () => serve(200, '{"balance":1250.50,"currency":"EUR","updated":"2026.02.13 10:15:00"}');

async function start(env: Readonly<Record<string, string>>, logLines: string[] = []): Promise<Gateway> {
  const folder = mkdtempSync(join(tmpdir(), 'tracing-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const config = loadConfig({
    PORT: '0',
    STORE_URL: `file:${folder}`,
    SMS_API_KEY: 'sk_prod_canary',
    WEBHOOK_SECRETS: 'canary-of-the-webhooks',
    AUTH: 'none',
    ...env,
  });
  const logger = createLogger('warn', { destination: { write: (line) => void logLines.push(line) } });
  const gateway = await startGateway(config, { logger });
  gateways.push(gateway);
  return gateway;
}

async function ask(gateway: Gateway, query: string, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(`${gateway.url}/graphql?canary=1`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
  return response.json();
}

const spansIn = (received: readonly { readonly body: string }[]): readonly ReceivedSpan[] =>
  received.flatMap(({ body }) => JSON.parse(body).resourceSpans[0].scopeSpans[0].spans);

const attributesOf = (span: ReceivedSpan | undefined) =>
  Object.fromEntries((span?.attributes ?? []).map(({ key, value }) => [key, Object.values(value)[0]]));

describe('traces', () => {
  it('go on from the caller through operation and REST call to the provider', async () => {
    const [collector, provider] = [await serve(200, '{}'), await serveBalance()];
    const gateway = await start({
      SMS_API_URL: `${provider.url}/api/v1`,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-team=sms%20team',
      OTEL_SERVICE_NAME: 'the-gateway',
    });
    await ask(gateway, 'query Money { balance { amount } }', { traceparent: CALLER });
    await gateway.drain();

    const spans = spansIn(collector.received);
    const byName = (name: string) => spans.find((span) => span.name === name);
    const [operation, request, call] = [byName('query'), byName('POST /graphql'), byName('GET balance')];
    expect(spans).toHaveLength(3);
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE_ID]));
    expect(request).toMatchObject({ kind: 2, parentSpanId: 'b7ad6b7169203331' });
    expect(operation).toMatchObject({ kind: 2, parentSpanId: request?.spanId });
    expect(call).toMatchObject({ kind: 3, parentSpanId: operation?.spanId });
    expect(attributesOf(request)).toMatchObject({
      'http.route': '/graphql',
      'http.response.status_code': '200',
    });
    expect(attributesOf(operation)).toEqual({
      'graphql.operation.type': 'query',
      'graphql.operation.name': 'Money',
    });
    expect(attributesOf(call)).toMatchObject({
      'http.request.method': 'GET',
      'http.response.status_code': '200',
    });
    expect(provider.received[0]?.request.headers['traceparent']).toBe(`00-${TRACE_ID}-${call?.spanId}-01`);
    for (const span of spans)
      expect(BigInt(span.endTimeUnixNano) >= BigInt(span.startTimeUnixNano)).toBe(true);

    const [{ request: delivery, body } = { request: null, body: '' }] = collector.received;
    expect(delivery).toMatchObject({ url: '/v1/traces', headers: { 'x-team': 'sms team' } });
    expect(body).toContain('{"key":"service.name","value":{"stringValue":"the-gateway"}}');
    expect(body).not.toContain('canary');
  });

  it('mark what failed, and carry no number and no text', async () => {
    const [collector, provider] = [
      await serve(200, '{}'),
      await serve(403, '{"status":false,"error_code":"NO_SMS_ACCESS"}'),
    ];
    const gateway = await start({ SMS_API_URL: provider.url, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    await ask(
      gateway,
      'mutation SendTo447911123456 { sendSms(input: { to: ["+447911123456"], text: "canary", sender: "MyApp" }) { __typename } }',
    );
    await gateway.drain();
    const call = spansIn(collector.received).find(({ kind }) => kind === 3);
    expect(call).toMatchObject({ name: 'POST send', status: { code: 2 } });
    expect(attributesOf(call)).toMatchObject({ 'error.type': '403' });
    for (const { body } of collector.received) expect(body).not.toMatch(/canary|447911/);
  });

  it('are not recorded when the caller does not record, nor for probes', async () => {
    const [collector, provider] = [await serve(200, '{}'), await serveBalance()];
    const gateway = await start({ SMS_API_URL: provider.url, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    await ask(gateway, '{ balance { amount } }', { traceparent: UNSAMPLED_CALLER });
    await fetch(`${gateway.url}/healthz`);
    await gateway.drain();
    expect(spansIn(collector.received)).toEqual([]);
    expect(provider.received[0]?.request.headers['traceparent']).toMatch(
      new RegExp(`^00-${TRACE_ID}-.{16}-00$`),
    );
  });

  it('are recorded in the share that is asked for', async () => {
    const [collector, provider] = [await serve(200, '{}'), await serveBalance()];
    const gateway = await start({
      SMS_API_URL: provider.url,
      READ_CACHE_TTL_MS: '0',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_TRACES_SAMPLER: 'traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0',
    });
    await ask(gateway, '{ balance { amount } }', { traceparent: CALLER });
    await gateway.drain();
    expect(spansIn(collector.received)).toEqual([]);
  });

  it('cost the gateway nothing but a warning when the collector is away', async () => {
    const [collector, provider] = [await serve(503, ''), await serveBalance()];
    const lines: string[] = [];
    const env = { SMS_API_URL: provider.url, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
    const gateway = await start(env, lines);
    expect(await ask(gateway, '{ balance { amount } }')).toMatchObject({
      data: { balance: { amount: '1250.50' } },
    });
    await gateway.drain();
    expect(lines.filter((line) => line.includes('traces cannot be delivered'))).toHaveLength(1);
  });

  it('are off by default: the provider is told of none', async () => {
    const provider = await serveBalance();
    const gateway = await start({ SMS_API_URL: provider.url });
    await ask(gateway, '{ balance { amount } }', { traceparent: CALLER });
    expect(provider.received[0]?.request.headers).not.toHaveProperty('traceparent');
  });
});

describe('the header traceparent', () => {
  it('is read and written', () => {
    const parent = parseTraceParent(CALLER);
    expect(parent).toEqual({ traceId: TRACE_ID, spanId: 'b7ad6b7169203331', isSampled: true });
    expect(parent && formatTraceParent(parent)).toBe(CALLER);
    expect(parseTraceParent(UNSAMPLED_CALLER)?.isSampled).toBe(false);
    expect(parseTraceParent(`cc${CALLER.slice(2)}-what-comes-later`)).toEqual(parent);
  });

  it.each([
    undefined,
    '',
    'nonsense',
    CALLER.toUpperCase(),
    `ff${CALLER.slice(2)}`,
    `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
    `00-${TRACE_ID}-${'0'.repeat(16)}-01`,
    CALLER.slice(0, -1),
  ])('is ignored as %j', (header) => {
    expect(parseTraceParent(header)).toBeNull();
  });
});
