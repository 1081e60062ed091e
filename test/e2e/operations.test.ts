import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { UPSTREAM_AREAS } from '../../src/metrics.ts';
import { ask, TRANSPORTS } from '../support/ask-everywhere.ts';
import {
  type LiveGateway,
  startLiveGateway,
  startProvider,
  webhookSecretOf,
} from '../support/live-gateway.ts';
import { portOf } from '../support/port-of.ts';
import { startRedisServer } from '../support/redis-server.ts';
import { json, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { postReport } from '../support/signed-report.ts';
import { tokenFor } from '../support/tokens.ts';

const token = await tokenFor({ sub: 'canary-of-a-caller', scope: '*' });
const NAMED = { query: 'query Money { balance { amount } }', operationName: 'Money' };
const SEND = {
  query:
    'mutation Send($to: [String!]!) { sendSms(input: { to: $to, text: "canary text", sender: "MyApp" }) { __typename } }',
  variables: { to: ['+447911123421'] },
};

async function start(env: Readonly<Record<string, string>> = {}): Promise<LiveGateway> {
  const provider = await startProvider();
  const gateway = await startLiveGateway({ providerUrl: provider.url, env });
  onTestFinished(async () => {
    await gateway.close();
    await provider.close();
  });
  return gateway;
}

async function post(gateway: LiveGateway, body: object, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(gateway.graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
    body: JSON.stringify(body),
  });
  await response.arrayBuffer();
  return response;
}

describe('probes', () => {
  const probe = async (gateway: LiveGateway, path: string) => {
    const response = await fetch(`${gateway.url}${path}`);
    return { status: response.status, body: await response.text() };
  };
  const readiness = async (gateway: LiveGateway) => {
    const { status, body } = await probe(gateway, '/readyz');
    return [status, JSON.parse(body).failing] as const;
  };

  it('tell that it lives, and name what is away: the store, and the hub with it', async () => {
    const redis = await startRedisServer();
    onTestFinished(() => redis.stop());
    const gateway = await start({ STORE_URL: redis.url });
    expect(await readiness(gateway)).toEqual([200, []]);
    await redis.kill();
    await expect.poll(() => readiness(gateway), { timeout: 10_000 }).toEqual([503, ['store', 'hub']]);
    expect(await probe(gateway, '/healthz')).toEqual({ status: 200, body: 'ok\n' });
    await redis.restart();
    await expect.poll(() => readiness(gateway), { timeout: 15_000 }).toEqual([200, []]);
  });

  it('say no from the moment it is to end, while it still serves', async () => {
    const gateway = await start();
    gateway.gateway.retire();
    expect(await readiness(gateway)).toEqual([503, ['draining']]);
    expect((await post(gateway, NAMED)).status).toBe(200);
    expect((await probe(gateway, '/healthz')).status).toBe(200);
  });

  it('answer at their exact paths only, and to reading only', async () => {
    const gateway = await start();
    for (const path of ['/x/healthz', '/healthz/', '/readyz/x', '/metrics/canary'])
      expect((await probe(gateway, path)).status, path).toBe(404);
    expect((await fetch(`${gateway.url}/metrics`, { method: 'POST' })).status).toBe(405);
  });
});

describe('metrics', () => {
  const LABEL = /(\w+)="([^"]*)"/g;
  const OPEN_SETS: ReadonlySet<string> = new Set([...UPSTREAM_AREAS, 'query', 'mutation', 'subscription']);

  const countersOf = (metrics: string) =>
    metrics
      .split('\n')
      .filter((line) => /^gateway_\w+_total/.test(line))
      .map((line) => line.slice(0, line.lastIndexOf(' ')));

  it('have the same series whatever is asked: no label holds what a caller sent', async () => {
    const gateway = await start();
    const before = countersOf(await gateway.metrics());
    for (const transport of TRANSPORTS) {
      await ask(transport, gateway, SEND, token);
      await ask(transport, gateway, { query: 'query canary { canary }' }, token);
      await ask(transport, gateway, NAMED, token);
    }
    await post(gateway, { query: '{' }, { 'x-request-id': 'canary' });
    await post(gateway, NAMED, { authorization: 'Bearer canary' });
    await postReport(gateway.url, { messageId: 'canary', status: 'CANARY' }, webhookSecretOf('shop'));
    await postReport(gateway.url, { messageId: 'canary' }, 'canary');
    await fetch(`${gateway.url}/webhooks/canary/delivery`, { method: 'POST', body: 'canary' });
    await fetch(`${gateway.url}/canary?canary=1`);

    const after = await gateway.metrics();
    expect(before.length).toBeGreaterThan(50);
    expect(countersOf(after)).toEqual(before);
    expect(after).not.toMatch(/canary|7911123421/i);
    for (const line of after.split('\n').filter((each) => /^gateway_\w+_bucket/.test(each)))
      for (const [, name = '', value = ''] of line.matchAll(LABEL))
        expect(name === 'le' || OPEN_SETS.has(value), line).toBe(true);
    expect(after).toContain('gateway_webhooks_total{verdict="unknown_workspace"} 1');
    expect(after).toContain('gateway_sends_total{outcome="sent"} 3');
  });
});

describe('logs', () => {
  it('hold one JSON line an operation, under the id that its caller was told', async () => {
    const gateway = await start({ LOG_LEVEL: 'debug' });
    const told = await post(gateway, NAMED, { 'x-request-id': 'order-1847' });
    expect(told.headers.get('x-request-id')).toBe('order-1847');
    const made = (await post(gateway, SEND)).headers.get('x-request-id');
    const refused = (await post(gateway, { query: '{ nothing }' })).headers.get('x-request-id');
    await ask('WebSocket', gateway, NAMED, token);
    const lines = gateway.logLines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'operation');
    expect(lines).toEqual([
      expect.objectContaining({
        level: 'debug',
        requestId: 'order-1847',
        workspace: 'shop',
        type: 'query',
        name: 'Money',
        outcome: 'ok',
        upstreamCalls: 1,
        durationMs: expect.any(Number),
      }),
      expect.objectContaining({ requestId: made, type: 'mutation', name: 'Send', outcome: 'ok' }),
      expect.objectContaining({ requestId: refused, outcome: 'refused', code: 'GRAPHQL_VALIDATION_FAILED' }),
      expect.objectContaining({ type: 'query', name: 'Money', outcome: 'ok' }),
    ]);
    expect(gateway.logLines.join('')).not.toMatch(/canary|7911123421/);
  });
});

describe('traces', () => {
  const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
  const CALLER = { traceparent: `00-${TRACE_ID}-b7ad6b7169203331-01` };
  const BALANCE = json({ balance: 1, currency: 'EUR', updated: '2026.02.13 10:15:00' });

  async function startCollector() {
    const bodies: string[] = [];
    const server = createServer(async (request, response) => {
      bodies.push(await text(request));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return { bodies, url: `http://127.0.0.1:${portOf(server)}` };
  }

  async function startTraced(env: Readonly<Record<string, string>>) {
    const upstream = await startScriptedUpstream(BALANCE);
    onTestFinished(() => upstream.close());
    return { upstream, gateway: await startLiveGateway({ providerUrl: upstream.baseUrl, env }) };
  }

  interface Span {
    readonly name: string;
    readonly kind: number;
    readonly traceId: string;
    readonly spanId: string;
    readonly parentSpanId?: string;
    readonly attributes: readonly { readonly key: string; readonly value: object }[];
  }
  const spansIn = (bodies: readonly string[]): readonly Span[] =>
    bodies.flatMap((body) => JSON.parse(body).resourceSpans[0].scopeSpans[0].spans);
  const attributesOf = ({ attributes }: Span) =>
    Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

  it('follow a request from its caller to the provider, by the conventions for HTTP and GraphQL', async () => {
    const collector = await startCollector();
    const { gateway, upstream } = await startTraced({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    await post(gateway, NAMED, CALLER);
    await gateway.close();
    const [request, operation, call] = ['POST /graphql', 'query', 'GET balance'].map((name) =>
      spansIn(collector.bodies).find((span) => span.name === name),
    ) as [Span, Span, Span];
    for (const span of [request, operation, call]) expect(span.traceId).toBe(TRACE_ID);
    expect(request).toMatchObject({ kind: 2, parentSpanId: 'b7ad6b7169203331' });
    expect(operation).toMatchObject({ kind: 2, parentSpanId: request.spanId });
    expect(call).toMatchObject({ kind: 3, parentSpanId: operation.spanId });
    expect(attributesOf(request)).toMatchObject({
      'http.request.method': 'POST',
      'http.route': '/graphql',
      'url.path': '/graphql',
      'url.scheme': 'http',
      'http.response.status_code': '200',
    });
    expect(attributesOf(operation)).toEqual({
      'graphql.operation.type': 'query',
      'graphql.operation.name': 'Money',
    });
    expect(attributesOf(call)).toMatchObject({ 'server.address': '127.0.0.1', 'http.request.method': 'GET' });
    expect(upstream.requests[0]?.headers['traceparent']).toBe(`00-${TRACE_ID}-${call.spanId}-01`);
  });

  it.each([
    ['nothing asks for them', {}],
    ['the SDK is disabled', { OTEL_SDK_DISABLED: 'true' }],
  ])('cost nothing when %s: nobody listens, and nobody is told', async (_case, env) => {
    const collector = await startCollector();
    const asked = Object.keys(env).length > 0 ? { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...env } : {};
    const { gateway, upstream } = await startTraced(asked);
    for (const name of ['http.server.request.start', 'tracing:sms-gateway:upstream-call:start'])
      expect(channel(name).hasSubscribers, name).toBe(false);
    await post(gateway, NAMED, CALLER);
    await gateway.close();
    expect(upstream.requests[0]?.headers['traceparent']).toBeUndefined();
    expect(collector.bodies).toEqual([]);
  });
});
