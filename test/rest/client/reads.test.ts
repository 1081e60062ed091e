import { describe, expect, it } from 'vitest';
import { UpstreamContractError } from '../../../src/rest/failures/failures.ts';
import { cut, inTurn, json, refusal, type Script } from '../../support/scripted-upstream.ts';
import { QUICK_RETRIES } from '../../support/test-provider.ts';
import { errorOf, useScriptedProvider } from '../../support/use-scripted-provider.ts';

const provider = useScriptedProvider();

describe('a read', () => {
  const OK = json({ balance: 1, currency: 'EUR' });
  const balance = (script: Script) => provider.ask(script, (session) => session.fetchBalance());

  it.each([
    ['500 INTERNAL_ERROR', refusal(500, 'INTERNAL_ERROR')],
    ['500 DB_ERROR', refusal(500, 'DB_ERROR')],
    ['503 SANDBOX_UNAVAILABLE', refusal(503, 'SANDBOX_UNAVAILABLE')],
    ['an HTML 502', json('<html></html>', 502, { 'content-type': 'text/html' })],
    ['429 RATE_LIMIT_EXCEEDED', refusal(429, 'RATE_LIMIT_EXCEEDED')],
    ['an empty 429', json('', 429)],
    ['an HTML 429', json('<html></html>', 429, { 'content-type': 'text/html' })],
    ['a cut connection', cut],
  ])('is repeated after %s', async (_name, failure) => {
    expect((await balance(inTurn(failure, failure, OK))).amount).toBe('1');
    expect(provider.upstream.requests).toHaveLength(3);
  });

  it('is given up after three attempts', async () => {
    expect(await errorOf(balance(refusal(500, 'INTERNAL_ERROR')))).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      isSafeToRetry: true,
    });
    expect(provider.upstream.requests).toHaveLength(3);
  });

  it('tells a rate limit that stays', async () => {
    expect(await errorOf(balance(json('', 429)))).toMatchObject({ code: 'RATE_LIMITED' });
  });

  it('is repeated when it takes too long, then given up', async () => {
    provider.configure({ timeoutMs: 60 });
    expect(await errorOf(balance(() => undefined))).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      message: 'The provider did not answer in time.',
    });
    expect(provider.upstream.requests).toHaveLength(3);
  });

  it.each([
    [400, 'INVALID_PARAMS'],
    [400, 'INVALID_WORKSPACE_HEADER'],
    [401, 'UNAUTHORIZED'],
    [401, 'INVALID_TOKEN'],
    [401, 'TOKEN_EXPIRED'],
    [401, 'INVALID_API_KEY'],
    [401, 'API_KEY_INACTIVE'],
    [401, 'API_KEY_EXPIRED'],
    [401, 'INVALID_CREDENTIALS'],
    [401, 'USER_NOT_ACTIVE'],
    [401, 'IP_NOT_ALLOWED'],
    [401, 'SIGNATURE_REQUIRED'],
    [402, 'INSUFFICIENT_BALANCE'],
    [403, 'FORBIDDEN'],
    [403, 'NO_SMS_ACCESS'],
    [403, 'CONFIG_ERROR'],
    [403, 'WORKSPACE_NOT_AVAILABLE'],
    [403, 'CROSS_TENANT_WORKSPACE'],
    [403, 'NO_MAIN_WORKSPACE'],
    [404, 'NOT_FOUND'],
    [418, 'NEVER_HEARD_OF'],
  ])('refused with %i %s says so once, without what the provider describes', async (status, providerCode) => {
    const error = await errorOf(balance(refusal(status, providerCode)));
    expect(error).toMatchObject({ code: 'UPSTREAM_REFUSED', providerCode });
    expect(JSON.stringify([String(error), error])).not.toContain('secret detail');
    expect(provider.upstream.requests).toHaveLength(1);
  });

  it('answered without JSON is a broken contract, which tells nothing of the content', async () => {
    const error = await errorOf(balance(json('<html>+15550001111</html>')));
    expect(error).toBeInstanceOf(UpstreamContractError);
    expect(String(error)).not.toContain('+15550001111');
  });

  it('answered with far too much is given up', async () => {
    const flood: Script = (_request, response) => {
      response.writeHead(200);
      const pour = () => {
        while (!response.destroyed && response.write(Buffer.alloc(1 << 20, 32)));
        if (!response.destroyed) response.once('drain', pour);
      };
      pour();
    };
    expect(await errorOf(balance(flood))).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(provider.upstream.requests).toHaveLength(1);
  });

  it('whose answer never comes to its end is given up, however often a byte of it comes', async () => {
    provider.configure({ timeoutMs: 120 });
    const dripping: Script = (_request, response) => {
      const timer = setInterval(() => response.write(' '), 10);
      response.once('close', () => clearInterval(timer));
    };
    expect(await errorOf(balance(dripping))).toMatchObject({
      message: 'The provider did not answer in time.',
    });
    expect(provider.upstream.requests).toHaveLength(3);
  });

  it('takes an answer that is announced, comes in pieces and begins with a byte order mark', async () => {
    const pieces: Script = (_request, response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' });
      const bytes = Buffer.from('\uFEFF{"balance": 7, "currency": "€"}');
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write(bytes.subarray(0, bytes.length - 4));
      setImmediate(() => response.end(bytes.subarray(bytes.length - 4)));
    };
    expect(await balance(pieces)).toMatchObject({ amount: '7', currency: '€' });
  });

  it('whose signature another process used up is repeated with another one', async () => {
    provider.configure({ apiSecret: 'test_secret', retry: QUICK_RETRIES });
    await balance(inTurn(refusal(401, 'INVALID_SIGNATURE'), OK));
    const [first, second] = provider.upstream.requests.map(({ headers }) => headers['x-timestamp']);
    expect(first).not.toBe(second);
  });

  it('is counted by how it ended', async () => {
    await balance(inTurn(refusal(500, 'INTERNAL_ERROR'), OK));
    const rendered = await provider.test.metrics.render();
    expect(rendered).toContain('gateway_upstream_calls_total{area="balance",outcome="fault"} 1');
    expect(rendered).toContain('gateway_upstream_calls_total{area="balance",outcome="ok"} 1');
    expect(rendered).toContain('gateway_upstream_duration_seconds_count{area="balance"} 2');
  });
});
