import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { InvalidInputError, OutcomeUnknownError } from '../../src/domain/errors.ts';
import type { SendRequest } from '../../src/domain/send.ts';
import { SendReplayRefusedError } from '../../src/domain/send-replay-refused-error.ts';
import type { SendOptions } from '../../src/rest/provider-session.ts';
import { signatureOf } from '../../src/rest/signing.ts';
import {
  cut,
  inTurn,
  json,
  refusal,
  type Script,
  type ScriptedUpstream,
  startScriptedUpstream,
} from '../support/scripted-upstream.ts';
import { createTestProvider, QUICK_RETRIES, type TestProvider } from '../support/test-provider.ts';

const REQUEST: SendRequest = { to: ['+14155551234', '+447911123456'], text: 'Hello 👋', sender: 'MyApp' };
const ID = 'api_42_1743667200123456789_a3f8b2c1d9e45f67';
const ANSWER =
  `{"status":true,"messages":[{"dnis":"+14155551234","message_id":"${ID}","segment_num":1}],` +
  `"results":[{"dnis":"+14155551234","message_id":"${ID}","segments":1,"status":"accepted"},` +
  '{"dnis":"+447911123456","status":"blocked_country"}],' +
  '"summary":{"total_recipients":2,"total_segments":1,"total_cost":0.00850,"encoding":"UCS-2","accepted_count":1,' +
  '"blocked_count":1,"queue_error_count":0,"config_error_count":0,"db_error_count":0}}';

let upstream: ScriptedUpstream;
let test: TestProvider;

beforeEach(async () => {
  upstream = await startScriptedUpstream(json(ANSWER));
  test = createTestProvider(upstream.baseUrl);
});
afterEach(async () => {
  await upstream.close();
  await test.provider.close();
});

const plain: SendOptions = { onSigned: async () => undefined, replay: null };
const send = (script: Script, options: SendOptions = plain) => {
  upstream.script(script);
  return test.session().sendMessages(REQUEST, options);
};
const errorOf = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.unreachable('it should have failed'),
    (error: unknown) => error,
  );

describe('a send', () => {
  it('posts what was asked and tells every recipient, exact to the digit', async () => {
    expect(await send(json(ANSWER))).toEqual({
      recipients: [
        { recipient: '+14155551234', status: 'ACCEPTED', messageId: ID, segments: 1 },
        { recipient: '+447911123456', status: 'BLOCKED_COUNTRY', messageId: null, segments: null },
      ],
      summary: {
        totalRecipients: 2,
        totalSegments: 1,
        totalCost: '0.00850',
        encoding: 'UCS_2',
        acceptedCount: 1,
        blockedCount: 1,
        queueErrorCount: 0,
        configErrorCount: 0,
        dbErrorCount: 0,
      },
      isSandbox: false,
    });
    expect(upstream.requests).toHaveLength(1);
    expect(upstream.requests[0]).toMatchObject({ method: 'POST', path: '/api/v1/sms/send' });
    expect(upstream.requests[0]?.headers).toMatchObject({
      'x-api-key': 'sk_prod_of_the_test',
      'content-type': 'application/json',
    });
    expect(JSON.parse(upstream.requests[0]?.body ?? '')).toEqual({
      to: REQUEST.to,
      message: REQUEST.text,
      sender_id: REQUEST.sender,
    });
  });

  it('counts the recipients itself when the summary is missing', async () => {
    const { summary } = await send(json({ results: [{ dnis: '+14155551234', status: 'somehow_new' }] }));
    expect(summary).toMatchObject({ totalRecipients: 1, acceptedCount: 0, encoding: 'UCS_2' });
  });

  it.each([
    ['429 RATE_LIMIT_EXCEEDED', refusal(429, 'RATE_LIMIT_EXCEEDED')],
    ['an empty 429', json('', 429)],
    ['an HTML 429', json('<html>slow down</html>', 429, { 'content-type': 'text/html' })],
    ['500 DB_ERROR', refusal(500, 'DB_ERROR')],
  ])('is repeated after %s, because nothing was sent', async (_name, failure) => {
    const receipt = await send(inTurn(failure, failure, json(ANSWER)));
    expect(receipt.summary.acceptedCount).toBe(1);
    expect(upstream.requests).toHaveLength(3);
  });

  it.each([
    ['500 INTERNAL_ERROR', refusal(500, 'INTERNAL_ERROR')],
    ['502 from the edge', json('<html>bad gateway</html>', 502, { 'content-type': 'text/html' })],
    ['503 SANDBOX_UNAVAILABLE', refusal(503, 'SANDBOX_UNAVAILABLE')],
    ['503 that claims DB_ERROR', refusal(503, 'DB_ERROR')],
    ['a cut connection', cut],
    ['a 200 that is not JSON', json('<html>ok</html>')],
    ['a 200 that tells of no recipient', json({ status: true })],
    ['a 200 that says no without a code', json({ status: false })],
    ['a redirect', json('', 302, { location: '/elsewhere' })],
  ])('is never repeated after %s: the outcome is unknown', async (_name, failure) => {
    expect(await errorOf(send(failure))).toBeInstanceOf(OutcomeUnknownError);
    expect(upstream.requests).toHaveLength(1);
  });

  it('is of unknown outcome when the answer comes too late', async () => {
    test = createTestProvider(upstream.baseUrl, { timeoutMs: 100 });
    expect(await errorOf(send(() => undefined))).toBeInstanceOf(OutcomeUnknownError);
    expect(upstream.requests).toHaveLength(1);
  });

  it('is of unknown outcome when the connection ends in the middle of the answer', async () => {
    const half: Script = (_request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"status":true');
      setImmediate(() => response.socket?.destroy());
    };
    expect(await errorOf(send(half))).toBeInstanceOf(OutcomeUnknownError);
    expect(upstream.requests).toHaveLength(1);
  });

  it('on a kept connection that the provider had closed is not written a second time', async () => {
    await send(json(ANSWER));
    expect(await errorOf(send(cut))).toBeInstanceOf(OutcomeUnknownError);
    expect(upstream.requests).toHaveLength(2);
  });

  it('is repeated when the connection is refused, and says that nothing was sent', async () => {
    const gone = createServer();
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
    const { port } = gone.address() as { port: number };
    await new Promise((resolve) => gone.close(resolve));
    test = createTestProvider(`http://127.0.0.1:${port}/api/v1`);
    const session = test.session();
    expect(await errorOf(session.sendMessages(REQUEST, plain))).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      isSafeToRetry: true,
    });
    expect(session.cost.calls).toBe(3);
  });

  it('is repeated when the TLS handshake fails, before any byte of it was written', async () => {
    const notTls = createServer((socket) => socket.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => notTls.listen(0, '127.0.0.1', resolve));
    const { port } = notTls.address() as { port: number };
    test = createTestProvider(`https://127.0.0.1:${port}/api/v1`);
    const session = test.session();
    expect(await errorOf(session.sendMessages(REQUEST, plain))).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      isSafeToRetry: true,
    });
    expect(session.cost.calls).toBe(3);
    await new Promise((resolve) => notTls.close(resolve));
  });

  it('gives up when the rate limit stays, telling how long to wait', async () => {
    const failure = json('', 429, { 'retry-after': '60' });
    expect(await errorOf(send(failure))).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 60 });
    expect(upstream.requests).toHaveLength(1);
  });

  it('honours a short Retry-After', async () => {
    const startedAt = performance.now();
    await send(inTurn(json('', 429, { 'retry-after': '1' }), json(ANSWER)));
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(995);
  });

  it('says that nothing was sent when the database fault stays', async () => {
    expect(await errorOf(send(refusal(500, 'DB_ERROR')))).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      isSafeToRetry: true,
    });
    expect(upstream.requests).toHaveLength(3);
  });

  it.each([
    ['INVALID_TO', ['input', 'to']],
    ['TOO_MANY_RECIPIENTS', ['input', 'to']],
    ['INVALID_MESSAGE', ['input', 'text']],
    ['INVALID_SENDER', ['input', 'sender']],
    ['INVALID_BODY', ['input']],
    ['INVALID_PARAMS', ['input']],
  ])('refused with %s names the input', async (code, path) => {
    const error = await errorOf(send(refusal(400, code)));
    expect(error).toBeInstanceOf(InvalidInputError);
    expect(error).toMatchObject({ problems: [{ path, message: expect.stringContaining(code) }] });
    expect(String(error)).not.toContain('+15550001111');
    expect(upstream.requests).toHaveLength(1);
  });

  it('refused for the balance tells the figures, exact to the digit', async () => {
    const figures =
      '{"status":false,"error_code":"INSUFFICIENT_BALANCE","description":"…","balance":0.42,"estimated_cost":1.070,' +
      '"currency":"EUR","total_recipients":100,"billable_recipients":98,"segments":2}';
    expect(await errorOf(send(json(figures, 402)))).toMatchObject({
      code: 'INSUFFICIENT_BALANCE',
      shortfall: {
        balance: '0.42',
        estimatedCost: '1.070',
        currency: 'EUR',
        totalRecipients: 100,
        billableRecipients: 98,
        segments: 2,
      },
    });
  });

  it.each([
    'FORBIDDEN',
    'NO_SMS_ACCESS',
    'CONFIG_ERROR',
    'WORKSPACE_NOT_AVAILABLE',
    'CROSS_TENANT_WORKSPACE',
    'NO_MAIN_WORKSPACE',
  ])('refused with 403 %s bears that code', async (code) => {
    const error = await errorOf(send(refusal(403, code)));
    expect(error).toMatchObject({ name: 'SendRefusedError', code });
  });

  it.each(['INVALID_API_KEY', 'API_KEY_EXPIRED', 'IP_NOT_ALLOWED', 'SIGNATURE_REQUIRED', 'INVALID_SIGNATURE'])(
    'refused with 401 %s is an error of the gateway, made once',
    async (providerCode) => {
      const error = await errorOf(send(refusal(401, providerCode)));
      expect(error).toMatchObject({ code: 'UPSTREAM_REFUSED', providerCode });
      expect(upstream.requests).toHaveLength(1);
    },
  );

  it('is stopped by its signal while it waits to be repeated', async () => {
    test = createTestProvider(upstream.baseUrl, { retry: { rateLimitDelayMs: 60_000, maxDelayMs: 60_000 } });
    const caller = new AbortController();
    const sending = send(json('', 429), { ...plain, startSignal: caller.signal });
    await upstream.received(1);
    caller.abort(new Error('hung up'));
    await expect(sending).rejects.toThrow('hung up');
    expect(upstream.requests).toHaveLength(1);
  });

  it('is seen through to its answer once it is on the wire, though the caller hung up', async () => {
    const caller = new AbortController();
    const sending = send(
      (request, response, index) => {
        caller.abort(new Error('hung up'));
        setImmediate(() => json(ANSWER)(request, response, index));
      },
      { ...plain, startSignal: caller.signal },
    );
    expect((await sending).summary.acceptedCount).toBe(1);
  });
});

describe('what was just sent', () => {
  it('is known to the same operation without a call', async () => {
    const session = test.session();
    await session.sendMessages(REQUEST, plain);
    test.clock.advance(60_000);
    expect(await session.loadMessage(ID)).toEqual({
      messageId: ID,
      recipient: '+14155551234',
      sender: 'MyApp',
      text: 'Hello 👋',
      encoding: 'UCS_2',
      segments: 1,
      status: 'PENDING',
      rawStatus: 'pending',
      statusCode: null,
      cost: null,
      createdAt: '2025-04-03T08:00:00.123Z',
      deliveredAt: null,
    });
    expect(session.cost).toEqual({ calls: 1, coalesced: 0, cached: 0 });
  });

  it('has its exact cost when it is the only recipient', async () => {
    upstream.script(
      json(
        `{"status":true,"results":[{"dnis":"+14155551234","message_id":"${ID}","segments":1,"status":"accepted"}],` +
          '"summary":{"total_recipients":1,"accepted_count":1,"total_cost":0.0085,"encoding":"GSM-7"}}',
      ),
    );
    const session = test.session();
    await session.sendMessages({ ...REQUEST, to: ['+14155551234'] }, plain);
    expect(await session.loadMessage(ID)).toMatchObject({ cost: '0.0085' });
  });

  it('follows the reports that arrive meanwhile', async () => {
    const session = test.session();
    await session.sendMessages(REQUEST, plain);
    const news = { status: 'DELIVERED', rawStatus: 'DELIVRD', statusCode: '000' } as const;
    test.provider.applyReport({ messageId: ID, deliveredAt: '2026-02-13T10:30:04.000Z', ...news });
    expect(await session.loadMessage(ID)).toMatchObject(news);
    expect(session.cost.calls).toBe(1);
  });

  it('is asked for by other operations once a moment has passed', async () => {
    await test.session().sendMessages(REQUEST, plain);
    const status = { message_id: ID, recipient: '+14155551234', status: 'sent', cost: 0.0085 };
    upstream.script(json({ status: true, message: status }));
    const other = test.session();
    expect(await other.loadMessage(ID)).toMatchObject({ status: 'PENDING' });
    test.clock.advance(1001);
    expect(await other.loadMessage(ID)).toMatchObject({ status: 'SENT' });
    expect(other.cost).toEqual({ calls: 1, coalesced: 0, cached: 1 });
  });

  it('is in the lists that are read next', async () => {
    const page = { messages: [], total: 0, page: 1, limit: 25, total_pages: 0 };
    const query = {
      range: { from: '2026-02-13', to: '2026-02-13' },
      statusGroup: null,
      phoneContains: null,
      country: null,
      sender: null,
    };
    const session = test.session();
    const list = () => session.listMessages(query, { page: 1, limit: 25 });
    upstream.script(json(page));
    await list();
    await session.sendMessages(REQUEST, plain).catch(() => undefined);
    upstream.script(json({ ...page, total: 1 }));
    expect((await list()).total).toBe(1);
  });
});

describe('a signed send', () => {
  const signed = () => createTestProvider(upstream.baseUrl, { apiSecret: 'test_secret' });

  it('tells its pair, and waits, before it is written', async () => {
    test = signed();
    const onSigned = vi.fn(async () => {
      expect(upstream.requests).toHaveLength(0);
    });
    await send(json(ANSWER), { onSigned, replay: null });
    const { headers, body } = upstream.requests[0] ?? expect.unreachable();
    const timestamp = Math.floor(test.clock.now() / 1000);
    const signature = signatureOf('test_secret', { method: 'POST', path: '/api/v1/sms/send', body }, timestamp);
    expect(onSigned.mock.calls).toEqual([[{ timestamp, signature }]]);
    expect(headers).toMatchObject({ 'x-timestamp': String(timestamp), 'x-signature': signature });
  });

  it('is not made when its pair cannot be kept', async () => {
    test = signed();
    const onSigned = () => Promise.reject(new Error('the store is away'));
    await expect(send(json(ANSWER), { onSigned, replay: null })).rejects.toThrow('the store is away');
    expect(upstream.requests).toHaveLength(0);
  });

  it('bears another pair when it is repeated', async () => {
    test = signed();
    const onSigned = vi.fn(async () => undefined);
    await send(inTurn(json('', 429), json(ANSWER)), { onSigned, replay: null });
    const [first, second] = upstream.requests.map(({ headers }) => headers['x-signature']);
    expect(first).not.toBe(second);
    expect(onSigned).toHaveBeenCalledTimes(2);
  });

  it('is replayed byte for byte', async () => {
    test = signed();
    await errorOf(send(cut));
    const { headers, body } = upstream.requests[0] ?? expect.unreachable();
    const replay = { timestamp: Number(headers['x-timestamp']), signature: String(headers['x-signature']) };
    test.clock.advance(120_000);
    expect((await send(json(ANSWER), { ...plain, replay })).summary.acceptedCount).toBe(1);
    const again = upstream.requests[1] ?? expect.unreachable();
    expect(again.body).toBe(body);
    expect(again.headers).toMatchObject({
      'x-timestamp': headers['x-timestamp'],
      'x-signature': headers['x-signature'],
    });
  });

  it('replayed but seen before says so', async () => {
    test = signed();
    const replay = { timestamp: Math.floor(test.clock.now() / 1000) - 60, signature: 'a'.repeat(64) };
    const error = await errorOf(send(refusal(401, 'INVALID_SIGNATURE'), { ...plain, replay }));
    expect(error).toBeInstanceOf(SendReplayRefusedError);
  });

  it.each([
    ['a rate limit', json('', 429)],
    ['a cut connection', cut],
    ['another 401', refusal(401, 'API_KEY_EXPIRED')],
  ])('replayed into %s is made once and leaves the outcome unknown', async (_name, failure) => {
    test = signed();
    const replay = { timestamp: Math.floor(test.clock.now() / 1000) - 60, signature: 'a'.repeat(64) };
    expect(await errorOf(send(failure, { ...plain, replay }))).toBeInstanceOf(OutcomeUnknownError);
    expect(upstream.requests).toHaveLength(1);
  });

  it('refused behind the signature was never made', async () => {
    test = signed();
    const replay = { timestamp: Math.floor(test.clock.now() / 1000) - 60, signature: 'a'.repeat(64) };
    expect(await errorOf(send(refusal(403, 'NO_SMS_ACCESS'), { ...plain, replay }))).toMatchObject({
      code: 'NO_SMS_ACCESS',
    });
    expect(await errorOf(send(refusal(500, 'DB_ERROR'), { ...plain, replay }))).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      isSafeToRetry: true,
    });
  });

  it('too old to be replayed is not written at all', async () => {
    test = signed();
    const replay = { timestamp: Math.floor(test.clock.now() / 1000) - 400, signature: 'a'.repeat(64) };
    expect(await errorOf(send(json(ANSWER), { ...plain, replay }))).toBeInstanceOf(OutcomeUnknownError);
    expect(upstream.requests).toHaveLength(0);
  });
});

it('stops repeating when the retry budget is spent', async () => {
  test = createTestProvider(upstream.baseUrl, { retry: { ...QUICK_RETRIES, reserve: 3, ratio: 0 } });
  upstream.script(refusal(500, 'DB_ERROR'));
  for (let made = 0; made < 5; made += 1) await errorOf(test.session().sendMessages(REQUEST, plain));
  expect(upstream.requests).toHaveLength(5 + 3);
});
