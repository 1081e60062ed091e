import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDeferred, type Deferred } from '../support/deferred.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';
import { createTestSchema } from '../support/test-schema.ts';

let gateway: TestGateway;
let patience: Deferred<string> = createDeferred<string>();
const patientSignals: AbortSignal[] = [];

beforeAll(async () => {
  gateway = await startTestGateway({
    schema: createTestSchema({
      onPatient: (signal) => {
        patientSignals.push(signal);
        return patience.promise;
      },
    }),
    env: { CORS_ORIGINS: 'https://app.example.com' },
  });
});
afterAll(() => gateway.close());

const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
  fetch(gateway.url + path, { headers });
const query = (text: string) => `/graphql?query=${encodeURIComponent(text)}`;
const SAFE = { 'graphql-require-preflight': '1' };

/** Bytes as they stand on the wire, and what comes back until the server closes or pauses. */
async function speak(request: string): Promise<string> {
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
  socket.on('error', () => {});
  socket.write(request);
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  await once(socket, 'close');
  return answer;
}

describe('an answer', () => {
  it('tells the request id that the caller gave, or a new one when it is not usable', async () => {
    const idOf = async (given: string) =>
      (await gateway.post({ query: '{ hello }' }, { 'x-request-id': given })).headers.get('x-request-id');
    expect(await idOf('my-id.7')).toBe('my-id.7');
    expect(await idOf('x'.repeat(65))).toMatch(/^[0-9a-f-]{36}$/);
    expect(await idOf('two words')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('tells what the operation cost at the provider', async () => {
    const answer = await gateway.post({ query: '{ hello }' });
    expect(await answer.json()).toEqual({
      data: { hello: 'world' },
      extensions: { upstream: { calls: 0, coalesced: 0, cached: 0 } },
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('keeps data beside the errors of fields, with status 200', async () => {
    const answer = await gateway.post({ query: '{ hello refused }' }, { 'x-request-id': 'r-1' });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      data: { hello: 'world', refused: null },
      errors: [
        {
          message: 'The provider refused.',
          path: ['refused'],
          locations: [{ line: 1, column: 9 }],
          extensions: { code: 'UPSTREAM_REFUSED', providerCode: 'NO_SMS_ACCESS', requestId: 'r-1' },
        },
      ],
    });
  });

  it('is for the operation that is named', async () => {
    const document = 'query One { hello } query Two { optional }';
    for (let round = 0; round < 5; round++) {
      const one = await gateway.post({ query: document, operationName: 'One' });
      const two = await gateway.post({ query: document, operationName: 'Two' });
      expect(await one.json()).toMatchObject({ data: { hello: 'world' } });
      expect(await two.json()).toMatchObject({ data: { optional: 7 } });
    }
  });

  it('refuses a batch', async () => {
    const answer = await gateway.post([{ query: '{ hello }' }, { query: '{ hello }' }]);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      errors: [{ message: expect.stringContaining('Batching is off') }],
    });
  });

  it.each([
    ['text/plain', 415],
    ['application/x-www-form-urlencoded', 415],
    ['multipart/form-data; boundary=x', 415],
    ['application/json; charset=utf-16', 415],
    ['application/json; charset=latin1', 415],
    ['application/json; charset=UTF-8', 200],
  ])('to a body of the type %s is %i', async (type, status) => {
    expect((await gateway.post({ query: '{ hello }' }, { 'content-type': type })).status).toBe(status);
  });

  it('is 406 for a type that is not offered, and for a subscription as JSON', async () => {
    expect((await gateway.post({ query: '{ hello }' }, { accept: 'image/png' })).status).toBe(406);
    expect((await gateway.post({ query: 'subscription { ticks { number } }' })).status).toBe(406);
  });

  it('is 405 for other methods, and for a mutation by GET', async () => {
    const put = await fetch(gateway.graphqlUrl, { method: 'PUT' });
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, POST']);
    const mutation = await get(query('mutation { touch(name: "x") }'), SAFE);
    expect([mutation.status, mutation.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('is 404 at every other path, also one that ends in a known one', async () => {
    for (const path of [
      '/',
      '/health',
      '/x/health',
      '/graphql/',
      '/x/graphql',
      '/healthz/x',
      '/webhooks/a/b/delivery',
    ])
      expect((await get(path)).status).toBe(404);
  });
});

describe('a body', () => {
  const TEXT = JSON.stringify({ query: '{ hello }' });
  const send = (
    body: Uint8Array | string,
    headers: Readonly<Record<string, string>> = {},
    path = '/graphql',
  ) =>
    fetch(`${gateway.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: Buffer.from(body),
    });

  it('is read behind a byte-order mark', async () => {
    const answer = await send(`\ufeff${TEXT}`);
    expect([answer.status, await answer.json()]).toMatchObject([200, { data: { hello: 'world' } }]);
    expect(await (await send('\ufeff')).text()).toContain('The body is empty');
  });

  it.each([
    ['by its type', Buffer.from(TEXT, 'utf16le'), { 'content-type': 'application/json; charset=UTF-16LE' }],
    ['by its byte-order mark', Buffer.from(`\ufeff${TEXT}`, 'utf16le'), {}],
    ['by the other byte-order mark', Buffer.from(`\ufeff${TEXT}`, 'utf16le').swap16(), {}],
    ['by its bytes', Buffer.from(TEXT, 'utf16le'), {}],
  ])('in UTF-16, %s, is refused by a sentence of its own', async (_how, body, headers) => {
    const answer = await send(body, headers);
    expect([answer.status, await answer.json()]).toMatchObject([
      415,
      { errors: [{ message: 'The body is UTF-16: send it in UTF-8.' }] },
    ]);
  });

  it.each(['gzip', 'deflate', 'br', 'zstd', 'gzip, gzip'])(
    'that is compressed (%s) is refused by a sentence of its own, also where reports are posted',
    async (encoding) => {
      const answer = await send(TEXT, { 'content-encoding': encoding });
      expect([answer.status, answer.headers.get('accept-encoding')]).toEqual([415, 'identity']);
      expect(await answer.json()).toMatchObject({
        errors: [{ message: 'The body is compressed: send it without `Content-Encoding`.' }],
      });
      const report = await send(TEXT, { 'content-encoding': encoding }, '/webhooks/delivery');
      expect([report.status, await report.text()]).toEqual([
        415,
        'The body is compressed: send it without `Content-Encoding`.\n',
      ]);
    },
  );

  it('may say that it is not compressed', async () => {
    expect((await send(TEXT, { 'content-encoding': 'Identity' })).status).toBe(200);
    expect((await send(TEXT, { 'content-encoding': 'identity' }, '/webhooks/delivery')).status).toBe(204);
  });

  it('of more than 128 KiB is refused by its announced length', async () => {
    const answer = await gateway.post({ query: '{ hello }', variables: { x: 'y'.repeat(128 * 1024) } });
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'PAYLOAD_TOO_LARGE' } }] });
  });

  it('of unknown length is refused at the first byte too many, and the rest is not waited for', async () => {
    const chunk = `${(64 * 1024).toString(16)}\r\n${'x'.repeat(64 * 1024)}\r\n`;
    const answer = await speak(
      'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n' +
        `transfer-encoding: chunked\r\n\r\n${chunk.repeat(3)}`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('connection: close');
  });

  it('that is cut off leaves the server at work', async () => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    socket.write(
      'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{',
    );
    await once(socket, 'connect');
    socket.destroy();
    expect((await gateway.post({ query: '{ hello }' })).status).toBe(200);
  });
});

describe('a caller that hangs up', () => {
  it('aborts the operation', async () => {
    patience = createDeferred<string>();
    patientSignals.length = 0;
    const caller = new AbortController();
    const answer = fetch(gateway.graphqlUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ patient }' }),
      signal: caller.signal,
    });
    await expect.poll(() => patientSignals.length).toBe(1);
    caller.abort();
    await expect(answer).rejects.toThrow();
    await expect.poll(() => patientSignals[0]?.aborted).toBe(true);
    patience.resolve('late');
  });

  it('who stays aborts nothing', async () => {
    patience = createDeferred<string>();
    patientSignals.length = 0;
    const answer = gateway.post({ query: '{ patient }' });
    await expect.poll(() => patientSignals.length).toBe(1);
    patience.resolve('done');
    expect(await (await answer).json()).toMatchObject({ data: { patient: 'done' } });
    expect(patientSignals[0]?.aborted).toBe(false);
  });
});

describe('a page of another site', () => {
  const foreign = { origin: 'https://evil.example.com' };
  const listed = { origin: 'https://app.example.com' };

  it('gets nothing, however it asks', async () => {
    expect((await gateway.post({ query: '{ hello }' }, foreign)).status).toBe(403);
    expect((await gateway.post({ query: '{ hello }' }, { origin: 'null' })).status).toBe(403);
    expect((await get(query('{ hello }'), { ...SAFE, ...foreign })).status).toBe(403);
    const preflight = await fetch(gateway.graphqlUrl, { method: 'OPTIONS', headers: foreign });
    expect(preflight.status).toBe(403);
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('gets an answer when its origin is listed', async () => {
    const preflight = await fetch(gateway.graphqlUrl, { method: 'OPTIONS', headers: listed });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe(listed.origin);
    expect(preflight.headers.get('access-control-allow-headers')).toContain('authorization');
    expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
    const answer = await gateway.post({ query: '{ hello }' }, listed);
    expect(answer.headers.get('access-control-allow-origin')).toBe(listed.origin);
    expect(answer.headers.get('vary')).toContain('origin');
  });

  it('cannot make a browser ask by GET', async () => {
    const answer = await get(query('{ hello }'));
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'CSRF_PREVENTED' } }] });
    expect((await get(query('{ hello }'), { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  });

  it('is told apart from a page of ours, a script and a typed address', async () => {
    for (const headers of [SAFE, { 'sec-fetch-site': 'same-origin' }, { 'sec-fetch-site': 'none' }])
      expect((await get(query('{ hello }'), headers)).status).toBe(200);
    expect((await gateway.post({ query: '{ hello }' }, { origin: gateway.url })).status).toBe(200);
  });

  it('may ask by GET when its origin is listed, or when it opens an EventSource of our own', async () => {
    expect((await get(query('{ hello }'), { ...listed, 'sec-fetch-site': 'cross-site' })).status).toBe(200);
    const eventSource = { accept: 'text/event-stream' };
    const stream = await get(query('{ hello }'), eventSource);
    expect(stream.status).toBe(200);
    await stream.body?.cancel();
    const foreign = { ...eventSource, 'sec-fetch-site': 'cross-site' };
    expect((await get(query('{ hello }'), foreign)).status).toBe(403);
  });

  it('gets nothing through a name that was pointed at this machine', async () => {
    const request = (host: string, origin: string) =>
      speak(
        `POST /graphql HTTP/1.1\r\nhost: ${host}\r\n${origin}content-type: application/json\r\n` +
          'content-length: 21\r\nconnection: close\r\n\r\n{"query":"{ hello }"}',
      );
    expect(await request('evil.example.com:4000', 'origin: http://evil.example.com:4000\r\n')).toMatch(
      /^HTTP\/1\.1 403 /,
    );
    expect(await request('evil.example.com:4000', '')).toMatch(/^HTTP\/1\.1 403 /);
    expect(await request('localhost:4000', 'origin: http://localhost:4000\r\n')).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('health', () => {
  it('is alive, ready, and tells its figures', async () => {
    expect((await get('/healthz')).status).toBe(200);
    const ready = await get('/readyz');
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { status: 'ready', failing: [], causes: {}, warnings: [] },
    ]);
    expect(await gateway.server.isReady()).toBe(true);
    const metrics = await get('/metrics');
    expect(metrics.headers.get('content-type')).toContain('text/plain');
    expect(await metrics.text()).toMatch(/gateway_http_requests_total\{route="healthz",status="2xx"\} [1-9]/);
  });
});
