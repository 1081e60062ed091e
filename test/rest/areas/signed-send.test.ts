import { describe, expect, it, vi } from 'vitest';
import { OutcomeUnknownError } from '../../../src/domain/errors.ts';
import type { SendOptions } from '../../../src/rest/provider-session.ts';
import { signatureOf } from '../../../src/rest/signing/signer.ts';
import { PLAIN_SEND, SEND_ANSWER, SEND_REQUEST } from '../../support/sample-send.ts';
import { cut, inTurn, json, refusal, type Script } from '../../support/scripted-upstream.ts';
import { errorOf, useScriptedProvider } from '../../support/use-scripted-provider.ts';

const provider = useScriptedProvider();
const send = (script: Script, options: SendOptions = PLAIN_SEND) =>
  provider.ask(script, (session) => session.sendMessages(SEND_REQUEST, options));

describe('a signed send', () => {
  it('tells its pair, and waits, before it is written', async () => {
    provider.configure({ apiSecret: 'test_secret' });
    const beforeWrite = vi.fn(async () => {
      expect(provider.upstream.requests).toHaveLength(0);
    });
    await send(json(SEND_ANSWER), { beforeWrite, replay: null });
    const { headers, body } = provider.upstream.requests[0] ?? expect.unreachable();
    const timestamp = Math.floor(provider.test.clock.now() / 1000);
    const signature = signatureOf(
      'test_secret',
      { method: 'POST', path: '/api/v1/sms/send', body },
      timestamp,
    );
    expect(beforeWrite.mock.calls).toEqual([[{ timestamp, signature }]]);
    expect(headers).toMatchObject({ 'x-timestamp': String(timestamp), 'x-signature': signature });
  });

  it('is not made when its pair cannot be kept', async () => {
    provider.configure({ apiSecret: 'test_secret' });
    const beforeWrite = () => Promise.reject(new Error('the store is away'));
    await expect(send(json(SEND_ANSWER), { beforeWrite, replay: null })).rejects.toThrow('the store is away');
    expect(provider.upstream.requests).toHaveLength(0);
  });

  it('bears another pair when it is repeated', async () => {
    provider.configure({ apiSecret: 'test_secret' });
    const beforeWrite = vi.fn(async () => undefined);
    await send(inTurn(refusal(429, 'RATE_LIMIT_EXCEEDED'), json(SEND_ANSWER)), { beforeWrite, replay: null });
    const [first, second] = provider.upstream.requests.map(({ headers }) => headers['x-signature']);
    expect(first).not.toBe(second);
    expect(beforeWrite).toHaveBeenCalledTimes(2);
  });

  it('is replayed byte for byte', async () => {
    provider.configure({ apiSecret: 'test_secret' });
    await errorOf(send(cut));
    const { headers, body } = provider.upstream.requests[0] ?? expect.unreachable();
    const replay = { timestamp: Number(headers['x-timestamp']), signature: String(headers['x-signature']) };
    provider.test.clock.advance(120_000);
    expect((await send(json(SEND_ANSWER), { ...PLAIN_SEND, replay })).summary.acceptedCount).toBe(1);
    const again = provider.upstream.requests[1] ?? expect.unreachable();
    expect(again.body).toBe(body);
    expect(again.headers).toMatchObject({
      'x-timestamp': headers['x-timestamp'],
      'x-signature': headers['x-signature'],
    });
  });

  it('replayed but seen before leaves the outcome unknown', async () => {
    provider.configure({ apiSecret: 'test_secret' });
    const replay = {
      timestamp: Math.floor(provider.test.clock.now() / 1000) - 60,
      signature: 'a'.repeat(64),
    };
    const error = await errorOf(send(refusal(401, 'INVALID_SIGNATURE'), { ...PLAIN_SEND, replay }));
    expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  });

  it.each([
    ['a rate limit', refusal(429, 'RATE_LIMIT_EXCEEDED')],
    ['a refusal that may come from before the signature check', refusal(403, 'NO_SMS_ACCESS')],
    ['a cut connection', cut],
    ['another 401', refusal(401, 'API_KEY_EXPIRED')],
  ])('replayed into %s is made once and leaves the outcome unknown', async (_name, failure) => {
    provider.configure({ apiSecret: 'test_secret' });
    const replay = {
      timestamp: Math.floor(provider.test.clock.now() / 1000) - 60,
      signature: 'a'.repeat(64),
    };
    expect(await errorOf(send(failure, { ...PLAIN_SEND, replay }))).toBeInstanceOf(OutcomeUnknownError);
    expect(provider.upstream.requests).toHaveLength(1);
  });

  it('refused behind the signature was never made', async () => {
    provider.configure({ apiSecret: 'test_secret' });
    const replay = {
      timestamp: Math.floor(provider.test.clock.now() / 1000) - 60,
      signature: 'a'.repeat(64),
    };
    expect(await errorOf(send(refusal(400, 'INVALID_TO'), { ...PLAIN_SEND, replay }))).toMatchObject({
      code: 'INVALID_INPUT',
    });
    expect(await errorOf(send(refusal(500, 'DB_ERROR'), { ...PLAIN_SEND, replay }))).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      isSafeToRetry: true,
    });
  });

  it('too old to be replayed is not written at all', async () => {
    provider.configure({ apiSecret: 'test_secret' });
    const replay = {
      timestamp: Math.floor(provider.test.clock.now() / 1000) - 400,
      signature: 'a'.repeat(64),
    };
    expect(await errorOf(send(json(SEND_ANSWER), { ...PLAIN_SEND, replay }))).toBeInstanceOf(
      OutcomeUnknownError,
    );
    expect(provider.upstream.requests).toHaveLength(0);
  });
});
