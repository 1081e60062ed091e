import { describe, expect, it } from 'vitest';
import { signWebhook } from '../../../src/simulator/delivery/webhook-signature.ts';
import { callApi, sendOne, statusOf } from '../support/api-client.ts';
import { EXAMPLE_HOUR_MS, KEY, startStill } from '../support/start-for-test.ts';
import { startWebhookReceiver } from '../support/webhook-receiver.ts';

const put = (simulator: Parameters<typeof callApi>[0], body: unknown, key = KEY) =>
  callApi(simulator, '/user/webhooks', { method: 'PUT', body, key });

describe('delivery reports', () => {
  it('are posted as documented, to the byte', async () => {
    const receiver = await startWebhookReceiver();
    const { simulator, time } = await startStill();
    simulator.setWebhook('acme', receiver.url, 'whsec');
    const messageId = await sendOne(simulator, '+14155551234');
    await time.advance(5_000);
    const [report] = receiver.received;
    expect(report?.rawBody).toBe(
      `{"message_id":"${messageId}","recipient":"+14155551234","sender_id":"MyApp","status":"DELIVRD",` +
        '"status_code":"000","num_parts":1,"cost":0.0085,"timestamp":"2026-02-13T10:30:05Z"}',
    );
    expect(report?.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': '23Telecom-Webhooks/1.0',
      'x-webhook-timestamp': String(EXAMPLE_HOUR_MS / 1000 + 5),
      'x-webhook-signature': signWebhook('whsec', String(EXAMPLE_HOUR_MS / 1000 + 5), report?.rawBody ?? ''),
    });
  });

  it('carry no signature when no secret is set', async () => {
    const receiver = await startWebhookReceiver();
    const { simulator, time } = await startStill();
    simulator.setWebhook('acme', receiver.url);
    await sendOne(simulator, '+14155551234');
    await time.advance(5_000);
    expect(receiver.received).toHaveLength(1);
    const names = Object.keys(receiver.received[0]?.headers ?? {});
    expect(names.filter((name) => name.startsWith('x-webhook'))).toEqual([]);
  });

  it('carry the workspace and the carrier’s id only when asked to', async () => {
    const receiver = await startWebhookReceiver();
    const { simulator, time } = await startStill();
    await put(simulator, {
      delivery_url: receiver.url,
      delivery_fields: ['workspace_id', 'telecom_message_id'],
    });
    const messageId = await sendOne(simulator, '+14155551234');
    await time.advance(5_000);
    const { telecom_message_id } = await statusOf(simulator, messageId);
    expect(receiver.received[0]?.body).toMatchObject({ workspace_id: 'acme', telecom_message_id });
  });

  it('are tried three times in all, after 10 s and 30 s, signed anew, and then lost', async () => {
    const receiver = await startWebhookReceiver();
    receiver.answerWith(500);
    const { simulator, time } = await startStill();
    simulator.setWebhook('acme', receiver.url, 'whsec');
    const messageId = await sendOne(simulator, '+14155551234');
    await time.advance(600_000);
    const seconds = receiver.received.map(({ headers }) => Number(headers['x-webhook-timestamp']));
    expect(seconds.map((second) => second - EXAMPLE_HOUR_MS / 1000)).toEqual([5, 15, 45]);
    expect(new Set(receiver.received.map(({ rawBody }) => rawBody)).size).toBe(1);
    for (const { headers, rawBody } of receiver.received) {
      const timestamp = String(headers['x-webhook-timestamp']);
      expect(headers['x-webhook-signature']).toBe(signWebhook('whsec', timestamp, rawBody));
    }
    expect((await statusOf(simulator, messageId)).status).toBe('DELIVRD');
  });

  it('stop being tried once they were taken', async () => {
    const receiver = await startWebhookReceiver();
    receiver.answerWith(503);
    const { simulator, time } = await startStill();
    simulator.setWebhook('acme', receiver.url);
    await sendOne(simulator, '+14155551234');
    await time.advance(6_000);
    receiver.answerWith(200);
    await time.advance(600_000);
    expect(receiver.received).toHaveLength(2);
  });

  it('are not taken by a redirect', async () => {
    const receiver = await startWebhookReceiver();
    const { simulator, time } = await startStill();
    simulator.setWebhook('acme', receiver.url);
    receiver.answerWith(302);
    await sendOne(simulator, '+14155551234');
    await time.advance(60_000);
    expect(simulator.webhookAttempts('acme').map(({ httpStatus }) => httpStatus)).toEqual([302, 302, 302]);
  });

  it('are not taken by an answer that does not come in time', async () => {
    const receiver = await startWebhookReceiver();
    const { simulator, time } = await startStill({
      timings: { webhookTimeoutMs: 50, webhookRetryWaitsMs: [] },
    });
    simulator.setWebhook('acme', receiver.url);
    receiver.answerWith('silence');
    await sendOne(simulator, '+14155551234');
    await time.advance(60_000);
    const [attempt] = simulator.webhookAttempts('acme');
    expect(attempt).toMatchObject({ httpStatus: null, error: 'timeout', isSuccessful: false });
  });

  it('of a receiver that is not there are logged as refused', async () => {
    const { simulator, time } = await startStill();
    simulator.setWebhook('acme', 'http://127.0.0.1:9/nobody');
    await sendOne(simulator, '+14155551234');
    await time.advance(60_000);
    const { body } = await callApi(simulator, '/user/webhooks/logs');
    expect(body.total).toBe(3);
    expect(body.logs.map((row) => row.attempt)).toEqual([3, 2, 1]);
    expect(body.logs[0]).toMatchObject({ event: 'delivery', success: false, http_status: null });
    expect(body.logs[0]?.created_at).toBe('2026-02-13T10:30:45Z');
  });

  it('of a whole batch all arrive', async () => {
    const receiver = await startWebhookReceiver();
    const { simulator, time } = await startStill();
    simulator.setWebhook('acme', receiver.url);
    const to = Array.from({ length: 100 }, (_, index) => `+4477009${10_000 + index}`);
    await callApi(simulator, '/sms/send', { method: 'POST', body: { to, message: 'x', sender_id: 'MyApp' } });
    await time.advance(5_000);
    expect(new Set(receiver.received.map(({ body }) => body.recipient))).toEqual(new Set(to));
  });
});

describe('webhook settings', () => {
  const NONE = {
    delivery_url: null,
    click_url: null,
    conversion_url: null,
    delivery_fields: [],
    conversion_fields: [],
    unique_clicks_only: false,
    signing_secret_set: false,
  };

  it('are empty at first, and never tell the secret', async () => {
    const { simulator } = await startStill();
    expect((await callApi(simulator, '/user/webhooks')).body).toEqual(NONE);
    const answer = await put(simulator, { signing_secret: 'a-secret-that-stays' });
    expect(answer.body).toEqual({ ...NONE, signing_secret_set: true });
    expect(answer.text).not.toContain('a-secret-that-stays');
  });

  it('change only where they are named', async () => {
    const { simulator } = await startStill();
    await put(simulator, {
      delivery_url: 'https://a.example/d',
      click_url: 'https://a.example/c',
      signing_secret: 's',
    });
    await put(simulator, { unique_clicks_only: true, click_url: '', signing_secret: null });
    expect((await callApi(simulator, '/user/webhooks')).body).toEqual({
      ...NONE,
      delivery_url: 'https://a.example/d',
      unique_clicks_only: true,
      signing_secret_set: true,
    });
    await put(simulator, { clear_signing_secret: true, delivery_url: null });
    expect((await callApi(simulator, '/user/webhooks')).body).toEqual({ ...NONE, unique_clicks_only: true });
  });

  it.each([
    ['broken JSON', '{', 'INVALID_BODY'],
    ['an address that is none', { delivery_url: 'example.com/x' }, 'INVALID_URL'],
    ['another protocol', { click_url: 'ftp://a.example/' }, 'INVALID_URL'],
    ['a number as an address', { conversion_url: 5 }, 'INVALID_URL'],
    ['a secret of 65 characters', { signing_secret: 'x'.repeat(65) }, 'INVALID_SECRET'],
    ['a secret that is none', { signing_secret: 5 }, 'INVALID_SECRET'],
    ['fields that are no list', { delivery_fields: 'workspace_id' }, 'INVALID_FIELDS'],
    ['a field nobody knows', { delivery_fields: ['colour'] }, 'INVALID_FIELDS'],
    ['a conversion field nobody knows', { conversion_fields: ['colour'] }, 'INVALID_FIELDS'],
    ['a toggle that is none', { unique_clicks_only: 'yes' }, 'INVALID_TOGGLE'],
    ['another toggle that is none', { clear_signing_secret: 'yes' }, 'INVALID_TOGGLE'],
    [
      'a secret to set and to clear',
      { signing_secret: 's', clear_signing_secret: true },
      'CONFLICTING_FIELDS',
    ],
  ])('refuse %s, and stay as they are', async (_case, change, code) => {
    const { simulator } = await startStill();
    const body = typeof change === 'string' ? change : { delivery_url: 'https://ok.example/', ...change };
    const answer = await put(simulator, body);
    expect([answer.status, answer.body.error_code]).toEqual([400, code]);
    expect((await callApi(simulator, '/user/webhooks')).body).toEqual(NONE);
  });

  it('take a secret of 64 characters', async () => {
    const { simulator } = await startStill();
    expect((await put(simulator, { signing_secret: 'x'.repeat(64) })).status).toBe(200);
  });

  it('belong to a workspace', async () => {
    const { simulator } = await startStill({
      accounts: [{ id: 'acme', keys: [{ key: KEY }, { key: 'sk_prod_shop', workspace: 'shop' }] }],
    });
    await put(simulator, { delivery_url: 'https://shop.example/' }, 'sk_prod_shop');
    expect((await callApi(simulator, '/user/webhooks')).body.delivery_url).toBeNull();
  });
});

describe('POST /user/webhooks/test', () => {
  it('posts one signed report and tells what came of it', async () => {
    const receiver = await startWebhookReceiver();
    const { simulator } = await startStill();
    simulator.setWebhook('acme', receiver.url, 'whsec');
    const { status, body } = await callApi(simulator, '/user/webhooks/test', { method: 'POST' });
    expect([status, body.status, body.result.success, body.result.http_status]).toEqual([
      200,
      true,
      true,
      204,
    ]);
    expect(receiver.received[0]?.body.status).toBe('DELIVRD');
    expect(receiver.received[0]?.headers['x-webhook-signature']).toMatch(/^sha256=[0-9a-f]{64}$/);
  });

  it('is not repeated when it fails', async () => {
    const receiver = await startWebhookReceiver();
    receiver.answerWith(500);
    const { simulator, time } = await startStill();
    simulator.setWebhook('acme', receiver.url);
    const { body } = await callApi(simulator, '/user/webhooks/test', { method: 'POST' });
    await time.advance(60_000);
    expect([body.result.success, receiver.received.length]).toEqual([false, 1]);
  });

  it('needs a delivery URL', async () => {
    const { simulator } = await startStill();
    const answer = await callApi(simulator, '/user/webhooks/test', { method: 'POST' });
    expect([answer.status, answer.body.error_code]).toEqual([400, 'INVALID_URL']);
  });
});
