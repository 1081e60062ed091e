import { describe, expect, it } from 'vitest';
import { callApi, sendMessage, sendOne, statusOf } from '../../support/api-client.ts';
import { EXAMPLE_HOUR_MS, KEY, startStill } from '../../support/start-for-test.ts';

const GOOD = { to: ['+14155551234'], message: 'Hello!', sender_id: 'MyApp' };
const numbers = (count: number) => Array.from({ length: count }, (_, index) => `+4477009${10_000 + index}`);

const send = (simulator: Parameters<typeof callApi>[0], body: unknown) =>
  callApi(simulator, '/sms/send', { method: 'POST', body });

describe('POST /sms/send', () => {
  it('answers in the documented shape, with costs to the digit', async () => {
    const { simulator } = await startStill();
    const { status, body, text } = await send(simulator, GOOD);
    const messageId = body.messages[0]?.message_id;
    expect(status).toBe(200);
    expect(messageId).toMatch(/^api_42_\d{19}_[0-9a-f]{16}$/);
    expect(text).toBe(
      `{"status":true,"messages":[{"dnis":"+14155551234","message_id":"${messageId}","segment_num":1}],` +
        `"results":[{"dnis":"+14155551234","message_id":"${messageId}","segments":1,"status":"accepted"}],` +
        '"summary":{"total_recipients":1,"total_segments":1,"total_cost":0.0085,"encoding":"GSM-7",' +
        '"accepted_count":1,"blocked_count":0,"queue_error_count":0,"config_error_count":0,"db_error_count":0}}',
    );
  });

  it('gives the recipients of one request one stamp of the current hour, and each request its own', async () => {
    const { simulator } = await startStill();
    const stampsOf = async () => {
      const { body } = await sendMessage(simulator, numbers(100));
      return new Set(body.messages.map(({ message_id }) => message_id.split('_')[2]));
    };
    const [first, second] = [await stampsOf(), await stampsOf()];
    expect([first.size, second.size]).toEqual([1, 1]);
    expect(first).not.toEqual(second);
    expect(Number([...first][0]) / 1e6).toBeCloseTo(EXAMPLE_HOUR_MS, -1);
  });

  it('knows no duplicates: not within a request, nor when the same one comes again', async () => {
    const { simulator } = await startStill();
    await sendMessage(simulator, ['+14155551234', '+14155551234']);
    await sendMessage(simulator, ['+14155551234', '+14155551234']);
    const ids = simulator.sentTo('+14155551234').map(({ messageId }) => messageId);
    expect(new Set(ids).size).toBe(4);
  });

  it.each([
    ['no body', '', 'INVALID_BODY'],
    ['broken JSON', '{"to":', 'INVALID_BODY'],
    ['a list', '[]', 'INVALID_BODY'],
    ['no recipients', { ...GOOD, to: [] }, 'INVALID_TO'],
    ['one number that is no list', { ...GOOD, to: '+14155551234' }, 'INVALID_TO'],
    ['a number without a plus', { ...GOOD, to: ['14155551234'] }, 'INVALID_TO'],
    ['letters in a number', { ...GOOD, to: ['+1415555CALL'] }, 'INVALID_TO'],
    ['a number that is none', { ...GOOD, to: [14155551234] }, 'INVALID_TO'],
    ['an empty text', { ...GOOD, message: '' }, 'INVALID_MESSAGE'],
    ['a text that is none', { ...GOOD, message: 7 }, 'INVALID_MESSAGE'],
    ['no text', { to: GOOD.to, sender_id: 'MyApp' }, 'INVALID_MESSAGE'],
    ['a sender of 2 characters', { ...GOOD, sender_id: 'Ab' }, 'INVALID_SENDER'],
    ['a sender of 12 characters', { ...GOOD, sender_id: 'Abcdefghijkl' }, 'INVALID_SENDER'],
    ['a sender that starts with a digit', { ...GOOD, sender_id: '1App' }, 'INVALID_SENDER'],
    ['a sender with a blank', { ...GOOD, sender_id: 'My App' }, 'INVALID_SENDER'],
    ['101 recipients', { ...GOOD, to: numbers(101) }, 'TOO_MANY_RECIPIENTS'],
  ])('refuses %s', async (_case, body, code) => {
    const { simulator } = await startStill();
    const answer = await send(simulator, body);
    expect([answer.status, answer.body.error_code]).toEqual([400, code]);
    expect(simulator.acceptedCount).toBe(0);
  });

  it.each(['Abc', 'Abcdefghijk', 'A1b2', '+14155551234'])('takes %s as a sender', async (senderId) => {
    const { simulator } = await startStill();
    expect((await send(simulator, { ...GOOD, sender_id: senderId })).status).toBe(200);
  });

  it('names the first thing wrong, in the order of the documented list', async () => {
    const { simulator } = await startStill();
    simulator.changeAccount('acme', { sendRefusal: 'NO_SMS_ACCESS', balance: '0.00' });
    simulator.faults.next({ kind: 'db_error', times: 10 });
    const codeOf = async (body: unknown) => (await send(simulator, body)).body.error_code;
    const allWrong = { to: ['x', ...numbers(101)], message: '', sender_id: '1' };
    expect(await codeOf('nonsense')).toBe('INVALID_BODY');
    expect(await codeOf(allWrong)).toBe('INVALID_TO');
    expect(await codeOf({ ...allWrong, to: numbers(101) })).toBe('INVALID_MESSAGE');
    expect(await codeOf({ ...allWrong, to: numbers(101), message: 'x' })).toBe('INVALID_SENDER');
    expect(await codeOf({ ...GOOD, to: numbers(101) })).toBe('TOO_MANY_RECIPIENTS');
    expect(await codeOf(GOOD)).toBe('NO_SMS_ACCESS');
    simulator.changeAccount('acme', { sendRefusal: null });
    expect(await codeOf(GOOD)).toBe('INSUFFICIENT_BALANCE');
    simulator.changeAccount('acme', { balance: '1.00' });
    expect(await codeOf(GOOD)).toBe('DB_ERROR');
    expect(simulator.acceptedCount).toBe(0);
  });

  it.each(['NO_SMS_ACCESS', 'CONFIG_ERROR', 'WORKSPACE_NOT_AVAILABLE'] as const)(
    'answers 403 %s',
    async (code) => {
      const { simulator } = await startStill();
      simulator.changeAccount('acme', { sendRefusal: code });
      const answer = await send(simulator, GOOD);
      expect([answer.status, answer.body.error_code]).toEqual([403, code]);
    },
  );

  it('answers 402 with what is there and what it would take', async () => {
    const { simulator } = await startStill();
    simulator.changeAccount('acme', { balance: '0.42' });
    const to = [...Array.from({ length: 98 }, () => '+14155551234'), '+850123456789', '+15550100006'];
    const answer = await send(simulator, { ...GOOD, to, message: 'x'.repeat(161) });
    expect(answer.status).toBe(402);
    expect(answer.text).toContain('"balance":0.42,"estimated_cost":1.666,"currency":"EUR"');
    expect(answer.body).toMatchObject({
      status: false,
      error_code: 'INSUFFICIENT_BALANCE',
      total_recipients: 100,
      billable_recipients: 98,
      segments: 2,
    });
    expect(simulator.acceptedCount).toBe(0);
  });

  it('takes the cost off the balance, to the last hundredth of a cent', async () => {
    const { simulator } = await startStill();
    await send(simulator, { ...GOOD, to: ['+14155551234', '+14155551235', '+14155551236'] });
    expect((await callApi(simulator, '/user/balance')).text).toContain('"balance":1250.4745');
    simulator.changeAccount('acme', { balance: '0.0085' });
    expect((await send(simulator, GOOD)).status).toBe(200);
    expect((await callApi(simulator, '/user/balance')).body).toMatchObject({
      balance: 0,
      credit_blocked: true,
    });
  });

  it('skips blocked countries one by one, and tells who was not queued and why', async () => {
    const { simulator } = await startStill();
    const to = ['+14155551234', '+850123456789', '+15550100006', '+15550100007', '+15550100008'];
    const { body } = await send(simulator, { ...GOOD, to });
    expect(body.messages).toHaveLength(1);
    expect(body.results).toEqual([
      { dnis: to[0], message_id: body.messages[0]?.message_id, segments: 1, status: 'accepted' },
      { dnis: to[1], status: 'blocked_country' },
      { dnis: to[2], status: 'blocked_country' },
      { dnis: to[3], segments: 1, status: 'queue_error' },
      { dnis: to[4], status: 'config_error' },
    ]);
    expect(body.summary).toMatchObject({
      total_recipients: 5,
      total_segments: 1,
      total_cost: 0.0085,
      accepted_count: 1,
      blocked_count: 2,
      queue_error_count: 1,
      config_error_count: 1,
    });
  });

  it('rolls a send back whole when the database fails', async () => {
    const { simulator } = await startStill();
    simulator.faults.next({ kind: 'db_error' });
    const answer = await sendMessage(simulator, numbers(100));
    expect([answer.status, answer.body.error_code]).toEqual([500, 'DB_ERROR']);
    expect([simulator.acceptedCount, simulator.messageCount]).toEqual([0, 0]);
    expect((await callApi(simulator, '/user/balance')).text).toContain('"balance":1250.50');
  });

  it.each([
    ['160 Latin characters', 'a'.repeat(160), 'GSM-7', 1],
    ['161 Latin characters', 'a'.repeat(161), 'GSM-7', 2],
    ['306 Latin characters', 'a'.repeat(306), 'GSM-7', 2],
    ['307 Latin characters', 'a'.repeat(307), 'GSM-7', 3],
    ['50 characters with an emoji', `${'a'.repeat(48)}😀`, 'UCS-2', 1],
    ['71 Cyrillic characters', 'ж'.repeat(71), 'UCS-2', 2],
    ['159 with one euro sign', `${'a'.repeat(158)}€`, 'GSM-7', 1],
    ['160 with one euro sign', `${'a'.repeat(159)}€`, 'GSM-7', 2],
    ['150 Latin characters plus an emoji', `${'a'.repeat(150)}😀`, 'UCS-2', 3],
  ])('counts and bills %s', async (_case, message, encoding, segments) => {
    const { simulator } = await startStill();
    const { body } = await sendMessage(simulator, ['+14155551234', '+14155551235'], { message });
    expect(body.messages.map((row) => row.segment_num)).toEqual([segments, segments]);
    expect(body.summary).toMatchObject({ encoding, total_segments: segments * 2 });
    expect(body.summary.total_cost).toBeCloseTo(0.0085 * segments * 2, 10);
  });

  it('prices by the longest dial code', async () => {
    const { simulator } = await startStill();
    const costOf = async (number: string) => (await sendMessage(simulator, [number])).body.summary.total_cost;
    expect([await costOf('+14155551230'), await costOf('+14165550100')]).toEqual([0.0085, 0.0092]);
    expect([await costOf('+79001234560'), await costOf('+77012345670')]).toEqual([0.195, 0.124]);
  });
});

describe('GET /sms/status/:message_id', () => {
  it('tells a delivered message in the documented shape', async () => {
    const { simulator, time } = await startStill();
    const messageId = await sendOne(simulator, '+14155551234');
    await time.advance(5_000);
    const { text, body } = await callApi(simulator, `/sms/status/${messageId}`);
    const telecomId = body.message.telecom_message_id;
    expect(telecomId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(text).toBe(
      `{"status":true,"message":{"message_id":"${messageId}","telecom_message_id":"${telecomId}",` +
        '"recipient":"+14155551234","segments":1,"message":"Hello!","sender_id":"MyApp","status":"DELIVRD",' +
        '"status_code":"000","cost":0.0085,"created_at":"2026-02-13T10:30:00Z","delivered_at":"2026-02-13T10:30:05Z"}}',
    );
  });

  it('has no delivery to tell before there is one', async () => {
    const { simulator } = await startStill();
    const message = await statusOf(simulator, await sendOne(simulator, '+14155551234'));
    expect(message).toMatchObject({ status: 'pending', status_code: null, delivered_at: null });
  });

  it.each(['/sms/status/api_42_1_0000000000000000', '/sms/status/%zz'])('answers 404 to %s', async (path) => {
    const { simulator } = await startStill();
    const answer = await callApi(simulator, path);
    expect([answer.status, answer.body.error_code]).toEqual([404, 'NOT_FOUND']);
  });
});

describe('accounts and workspaces', () => {
  it('keeps messages, webhooks and balances apart', async () => {
    const { simulator } = await startStill({
      accounts: [
        { id: 'acme', keys: [{ key: KEY }, { key: 'sk_prod_shop', workspace: 'shop' }] },
        { id: 'other', keys: [{ key: 'sk_prod_other' }] },
      ],
    });
    const messageId = await sendOne(simulator, '+14155551234');
    for (const key of ['sk_prod_shop', 'sk_prod_other']) {
      expect((await callApi(simulator, `/sms/status/${messageId}`, { key })).status).toBe(404);
      expect((await callApi(simulator, '/sms/messages', { key })).body.total).toBe(0);
    }
    simulator.setWebhook('shop', 'http://127.0.0.1:9/shop');
    expect((await callApi(simulator, '/user/webhooks')).body.delivery_url).toBeNull();
    const balanceOf = async (key: string) =>
      (await callApi(simulator, '/user/balance', { key })).body.balance;
    expect(await balanceOf('sk_prod_shop')).toBe(await balanceOf(KEY));
    expect(await balanceOf('sk_prod_other')).toBe(1250.5);
    expect((await sendMessage(simulator, ['+14155551234'], { key: 'sk_prod_other' })).text).toContain(
      '"api_43_',
    );
  });
});
