import { describe, expect, it } from 'vitest';
import { signRequest } from '../../../src/simulator/accounts/request-signature.ts';
import { signWebhook, webhookHeaders } from '../../../src/simulator/delivery/webhook-signature.ts';
import { callApi } from '../support/api-client.ts';
import { EXAMPLE_HOUR_MS, startStill } from '../support/start-for-test.ts';

const SECRET = 'test_secret';
const SIGNED_KEY = 'sk_prod_signed';
const EXAMPLE_BODY = '{"to":["+14155551234"],"message":"Hello!","sender_id":"MyApp"}';
const EXAMPLE_SECONDS = EXAMPLE_HOUR_MS / 1000;

const startSigned = () =>
  startStill({ accounts: [{ id: 'acme', keys: [{ key: SIGNED_KEY, secret: SECRET }] }] });

const signed = (method: string, path: string, timestamp: number, body = '') => ({
  'X-Timestamp': String(timestamp),
  'X-Signature': signRequest(SECRET, {
    method,
    path: `/api/v1${path}`,
    timestamp: String(timestamp),
    body,
  }),
});

describe('signatures', () => {
  it('signs the documented send', () => {
    const parts = { method: 'POST', path: '/api/v1/sms/send', timestamp: '1770978600', body: EXAMPLE_BODY };
    expect(signRequest(SECRET, parts)).toBe(
      'ac383911b2ebe4dec787d40467ea0dbd0dc0bd9e363dc5ac900b77058eb2ceda',
    );
  });

  it('signs the documented GET, whose empty body leaves the last separator', () => {
    const parts = { method: 'GET', path: '/api/v1/sms/stats', timestamp: '1770978600', body: '' };
    expect(signRequest(SECRET, parts)).toBe(
      'c7bd4ac256ec839acff985ed0c3bb350090e9b3e14157e5fe3e570ead28f0b4e',
    );
  });

  it('signs the documented webhook', () => {
    const body = '{"message_id":"m1","status":"DELIVRD"}';
    const signature = 'sha256=00b6f550abdc637b3177f3c9ce5b6238899323a63d946e989d56de841337c1e6';
    expect(signWebhook('whsec', '1770978600', body)).toBe(signature);
    expect(webhookHeaders(body, 'whsec', EXAMPLE_HOUR_MS)).toMatchObject({
      'X-Webhook-Timestamp': '1770978600',
      'X-Webhook-Signature': signature,
    });
  });
});

describe('a key that must sign', () => {
  it('sends with the documented headers', async () => {
    const { simulator } = await startSigned();
    const answer = await callApi(simulator, '/sms/send', {
      method: 'POST',
      key: SIGNED_KEY,
      body: EXAMPLE_BODY,
      headers: {
        'X-Timestamp': '1770978600',
        'X-Signature': 'ac383911b2ebe4dec787d40467ea0dbd0dc0bd9e363dc5ac900b77058eb2ceda',
      },
    });
    expect(answer.status).toBe(200);
    expect(simulator.acceptedCount).toBe(1);
  });

  it.each([
    ['neither header', {}],
    ['no signature', { 'X-Timestamp': '1770978600' }],
    ['no timestamp', { 'X-Signature': 'ab' }],
  ])('is asked for its signature with %s', async (_case, headers) => {
    const { simulator } = await startSigned();
    const answer = await callApi(simulator, '/sms/stats', { key: SIGNED_KEY, headers });
    expect([answer.status, answer.body.error_code]).toEqual([401, 'SIGNATURE_REQUIRED']);
  });

  it('is refused with a signature over another body, method, path or in upper case', async () => {
    const { simulator } = await startSigned();
    const good = signed('GET', '/sms/stats', EXAMPLE_SECONDS);
    const wrong = [
      signed('GET', '/sms/stats', EXAMPLE_SECONDS, 'x'),
      signed('POST', '/sms/stats', EXAMPLE_SECONDS),
      signed('GET', '/sms/stats/daily', EXAMPLE_SECONDS),
      { ...good, 'X-Signature': good['X-Signature'].toUpperCase() },
      { ...good, 'X-Timestamp': String(EXAMPLE_SECONDS + 1) },
      { ...good, 'X-Timestamp': 'now' },
    ];
    for (const headers of wrong) {
      const answer = await callApi(simulator, '/sms/stats', { key: SIGNED_KEY, headers });
      expect([answer.status, answer.body.error_code]).toEqual([401, 'INVALID_SIGNATURE']);
    }
  });

  it('may be five minutes off either way, and no more', async () => {
    const { simulator } = await startSigned();
    const statusAt = async (offset: number) => {
      const headers = signed('GET', '/sms/stats', EXAMPLE_SECONDS + offset);
      return (await callApi(simulator, '/sms/stats', { key: SIGNED_KEY, headers })).status;
    };
    expect([await statusAt(-300), await statusAt(300)]).toEqual([200, 200]);
    expect([await statusAt(-301), await statusAt(301)]).toEqual([401, 401]);
  });

  it('uses up each pair of timestamp and signature, though the query differs', async () => {
    const { simulator } = await startSigned();
    const headers = signed('GET', '/sms/messages', EXAMPLE_SECONDS);
    const first = await callApi(simulator, '/sms/messages?page=1', { key: SIGNED_KEY, headers });
    const second = await callApi(simulator, '/sms/messages?page=2', { key: SIGNED_KEY, headers });
    expect(first.status).toBe(200);
    expect([second.status, second.body.error_code]).toEqual([401, 'INVALID_SIGNATURE']);
  });

  it('accepts 100 parallel pages with a timestamp each', async () => {
    const { simulator } = await startSigned();
    const pages = Array.from({ length: 100 }, (_, page) =>
      callApi(simulator, `/sms/messages?page=${page + 1}`, {
        key: SIGNED_KEY,
        headers: signed('GET', '/sms/messages', EXAMPLE_SECONDS - page),
      }),
    );
    expect(new Set((await Promise.all(pages)).map(({ status }) => status))).toEqual(new Set([200]));
  });

  it('accepts a byte-identical send at most once, also when the first one failed in the database', async () => {
    const { simulator } = await startSigned();
    const resend = () =>
      callApi(simulator, '/sms/send', {
        method: 'POST',
        key: SIGNED_KEY,
        body: EXAMPLE_BODY,
        headers: signed('POST', '/sms/send', EXAMPLE_SECONDS, EXAMPLE_BODY),
      });
    simulator.faults.next({ kind: 'db_error' });
    const answers = [await resend(), await resend()];
    expect(answers.map(({ body }) => body.error_code)).toEqual(['DB_ERROR', 'INVALID_SIGNATURE']);
    expect(simulator.acceptedCount).toBe(0);
  });

  it('does not use up a pair when the connection was cut before the request was read', async () => {
    const { simulator } = await startSigned();
    const headers = signed('GET', '/sms/stats', EXAMPLE_SECONDS);
    const call = () => callApi(simulator, '/sms/stats', { key: SIGNED_KEY, headers });
    simulator.faults.next({ kind: 'cut_before' });
    await expect(call()).rejects.toThrow();
    expect((await call()).status).toBe(200);
  });
});
