import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { InvalidInputError, OutcomeUnknownError } from '../../../src/domain/errors.ts';
import { type SendOptions, UnprovenRateLimitError } from '../../../src/rest/provider-session.ts';
import { PLAIN_SEND, SEND_ANSWER, SEND_REQUEST, SENT_ID } from '../../support/sample-send.ts';
import { cut, inTurn, json, refusal, type Script } from '../../support/scripted-upstream.ts';
import { QUICK_RETRIES } from '../../support/test-provider.ts';
import { errorOf, useScriptedProvider } from '../../support/use-scripted-provider.ts';

const RATE_LIMITED = { status: false, error_code: 'RATE_LIMIT_EXCEEDED' };

const provider = useScriptedProvider();
const send = (script: Script, options: SendOptions = PLAIN_SEND) =>
  provider.ask(script, (session) => session.sendMessages(SEND_REQUEST, options));

describe('a send', () => {
  it('posts what was asked and tells every recipient, exact to the digit', async () => {
    expect(await send(json(SEND_ANSWER))).toEqual({
      recipients: [
        { recipient: '+14155551234', status: 'ACCEPTED', messageId: SENT_ID, segments: 1 },
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
    expect(provider.upstream.requests).toHaveLength(1);
    expect(provider.upstream.requests[0]).toMatchObject({ method: 'POST', path: '/api/v1/sms/send' });
    expect(provider.upstream.requests[0]?.headers).toMatchObject({
      'x-api-key': 'sk_prod_of_the_test',
      'content-type': 'application/json',
    });
    expect(JSON.parse(provider.upstream.requests[0]?.body ?? '')).toEqual({
      to: SEND_REQUEST.to,
      message: SEND_REQUEST.text,
      sender_id: SEND_REQUEST.sender,
    });
  });

  it('counts the recipients itself when the summary is missing', async () => {
    const results = SEND_REQUEST.to.map((dnis) => ({ dnis, status: 'somehow_new' }));
    const { summary } = await send(json({ results }));
    expect(summary).toMatchObject({ totalRecipients: 2, acceptedCount: 0, encoding: 'UCS_2' });
  });

  it.each([
    ['429 RATE_LIMIT_EXCEEDED', refusal(429, 'RATE_LIMIT_EXCEEDED')],
    ['500 DB_ERROR', refusal(500, 'DB_ERROR')],
  ])('is repeated after %s, because nothing was sent', async (_name, failure) => {
    const receipt = await send(inTurn(failure, failure, json(SEND_ANSWER)));
    expect(receipt.summary.acceptedCount).toBe(1);
    expect(provider.upstream.requests).toHaveLength(3);
  });

  it.each([
    ['an empty 429', json('', 429)],
    ['an HTML 429', json('<html>slow down</html>', 429, { 'content-type': 'text/html' })],
    ['a 429 without a code', json({ status: false }, 429)],
  ])('is not repeated here after %s, which a proxy can write after it was sent', async (_name, failure) => {
    const error = await errorOf(send(failure));
    expect(error).toBeInstanceOf(UnprovenRateLimitError);
    expect(provider.upstream.requests).toHaveLength(1);
  });

  it.each([400, 401, 402, 403, 404, 408, 409, 413, 499])(
    'is never repeated nor taken for refused after an HTML %i: only the provider itself can refuse',
    async (status) => {
      const page = json('<html>no</html>', status, { 'content-type': 'text/html' });
      expect(await errorOf(send(page))).toBeInstanceOf(OutcomeUnknownError);
      expect(provider.upstream.requests).toHaveLength(1);
    },
  );

  it.each([
    ['a documented code under another status', refusal(403, 'INVALID_TO')],
    ['a code that is not documented', refusal(400, 'SOMEHOW_NEW')],
    ['a code outside the envelope', json({ error_code: 'INVALID_TO' }, 400)],
    [
      'a signature that was seen before: a proxy may have handed the request on twice',
      refusal(401, 'INVALID_SIGNATURE'),
    ],
    ['a 200 that names fewer recipients', json({ results: [{ dnis: '+14155551234', status: 'accepted' }] })],
    [
      'a 200 that names other recipients',
      json({ results: ['+14155551234', '+447911123457'].map((dnis) => ({ dnis, status: 'accepted' })) }),
    ],
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
    expect(provider.upstream.requests).toHaveLength(1);
  });

  it('takes recipients that are named without "+" for those that were asked', async () => {
    const results = SEND_REQUEST.to.map((number) => ({ dnis: number.slice(1), status: 'accepted' }));
    const { recipients } = await send(json({ results }));
    expect(recipients.map(({ recipient }) => recipient)).toEqual(SEND_REQUEST.to);
  });

  it('is not written when it is too late in the moment of writing, and says that nothing was sent', async () => {
    const error = await errorOf(send(json(SEND_ANSWER), { ...PLAIN_SEND, mayStillStart: () => false }));
    expect(error).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', isSafeToRetry: true });
    expect(provider.upstream.requests).toHaveLength(0);
  });

  it('is of unknown outcome when the answer comes too late', async () => {
    provider.configure({ timeoutMs: 100 });
    expect(await errorOf(send(() => undefined))).toBeInstanceOf(OutcomeUnknownError);
    expect(provider.upstream.requests).toHaveLength(1);
  });

  it('is of unknown outcome when the connection ends in the middle of the answer', async () => {
    const half: Script = (_request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"status":true');
      setImmediate(() => response.socket?.destroy());
    };
    expect(await errorOf(send(half))).toBeInstanceOf(OutcomeUnknownError);
    expect(provider.upstream.requests).toHaveLength(1);
  });

  it('on a kept connection that the provider had closed is not written a second time', async () => {
    await send(json(SEND_ANSWER));
    expect(await errorOf(send(cut))).toBeInstanceOf(OutcomeUnknownError);
    expect(provider.upstream.requests).toHaveLength(2);
  });

  it('is repeated when the connection is refused, and says that nothing was sent', async () => {
    const gone = createServer();
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
    const { port } = gone.address() as { port: number };
    await new Promise((resolve) => gone.close(resolve));
    provider.configure({ baseUrl: `http://127.0.0.1:${port}/api/v1` });
    const session = provider.test.session();
    expect(await errorOf(session.sendMessages(SEND_REQUEST, PLAIN_SEND))).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      isSafeToRetry: true,
    });
    expect(session.cost.calls).toBe(3);
  });

  it('is repeated when the TLS handshake fails, before any byte of it was written', async () => {
    const notTls = createServer((socket) => socket.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => notTls.listen(0, '127.0.0.1', resolve));
    const { port } = notTls.address() as { port: number };
    provider.configure({ baseUrl: `https://127.0.0.1:${port}/api/v1` });
    const session = provider.test.session();
    expect(await errorOf(session.sendMessages(SEND_REQUEST, PLAIN_SEND))).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      isSafeToRetry: true,
    });
    expect(session.cost.calls).toBe(3);
    await new Promise((resolve) => notTls.close(resolve));
  });

  it('gives up when the rate limit stays, telling how long to wait', async () => {
    const failure = json(RATE_LIMITED, 429, { 'retry-after': '60' });
    expect(await errorOf(send(failure))).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 60 });
    expect(provider.upstream.requests).toHaveLength(1);
  });

  it('honours a short Retry-After', async () => {
    const startedAt = performance.now();
    await send(inTurn(json(RATE_LIMITED, 429, { 'retry-after': '1' }), json(SEND_ANSWER)));
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(995);
  });

  it('says that nothing was sent when the database fault stays', async () => {
    expect(await errorOf(send(refusal(500, 'DB_ERROR')))).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      isSafeToRetry: true,
    });
    expect(provider.upstream.requests).toHaveLength(3);
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
    expect(provider.upstream.requests).toHaveLength(1);
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

  it.each(['INVALID_API_KEY', 'API_KEY_EXPIRED', 'IP_NOT_ALLOWED', 'SIGNATURE_REQUIRED'])(
    'refused with 401 %s is an error of the gateway, made once',
    async (providerCode) => {
      const error = await errorOf(send(refusal(401, providerCode)));
      expect(error).toMatchObject({ code: 'UPSTREAM_REFUSED', providerCode });
      expect(provider.upstream.requests).toHaveLength(1);
    },
  );

  it('is stopped by its signal while it waits to be repeated', async () => {
    provider.configure({ retry: { rateLimitDelayMs: 60_000, maxDelayMs: 60_000 } });
    const caller = new AbortController();
    const sending = send(json(RATE_LIMITED, 429), { ...PLAIN_SEND, startSignal: caller.signal });
    await provider.upstream.received(1);
    caller.abort(new Error('hung up'));
    await expect(sending).rejects.toThrow('hung up');
    expect(provider.upstream.requests).toHaveLength(1);
  });

  it('is seen through to its answer once it is on the wire, though the caller hung up', async () => {
    const caller = new AbortController();
    const sending = send(
      (request, response, index) => {
        caller.abort(new Error('hung up'));
        setImmediate(() => json(SEND_ANSWER)(request, response, index));
      },
      { ...PLAIN_SEND, startSignal: caller.signal },
    );
    expect((await sending).summary.acceptedCount).toBe(1);
  });
});

it('stops repeating when the retry budget is spent', async () => {
  provider.configure({ retry: { ...QUICK_RETRIES, reserve: 3, ratio: 0 } });
  provider.upstream.script(refusal(500, 'DB_ERROR'));
  for (let made = 0; made < 5; made += 1)
    await errorOf(provider.test.session().sendMessages(SEND_REQUEST, PLAIN_SEND));
  expect(provider.upstream.requests).toHaveLength(5 + 3);
});
