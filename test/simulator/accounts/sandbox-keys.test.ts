import { describe, expect, it } from 'vitest';
import { callApi, sendMessage, sendOne, statusOf } from '../support/api-client.ts';
import { KEY, startStill } from '../support/start-for-test.ts';
import { startWebhookReceiver } from '../support/webhook-receiver.ts';

const TEST_KEY = 'sk_test_acme';
const startWithTestKey = () =>
  startStill({ accounts: [{ id: 'acme', keys: [{ key: KEY }, { key: TEST_KEY }] }] });

describe('sandbox keys', () => {
  it('say so in the answer to a send, which is a live one otherwise', async () => {
    const { simulator } = await startWithTestKey();
    const { text, body } = await sendMessage(simulator, ['+14155551234', '+850123456789'], { key: TEST_KEY });
    expect(text.startsWith('{"status":true,"sandbox":true,"messages":[')).toBe(true);
    expect(body.summary).toMatchObject({ encoding: 'GSM-7', accepted_count: 1, blocked_count: 1 });
    const live = await sendMessage(simulator, ['+14155551234']);
    expect(live.text).not.toContain('sandbox');
  });

  it('deliver after five seconds, with a signed report', async () => {
    const receiver = await startWebhookReceiver();
    const { simulator, time } = await startWithTestKey();
    simulator.setWebhook('acme', receiver.url, 'whsec');
    const messageId = await sendOne(simulator, '+14155551234', TEST_KEY);
    await time.advance(1_000);
    expect((await statusOf(simulator, messageId, TEST_KEY)).status).toBe('sent');
    await time.advance(4_000);
    expect((await statusOf(simulator, messageId, TEST_KEY)).status).toBe('DELIVRD');
    expect(receiver.received[0]?.body).toMatchObject({ message_id: messageId, status: 'DELIVRD' });
    expect(receiver.received[0]?.headers['x-webhook-signature']).toMatch(/^sha256=/);
  });

  it('never touch the balance, not even an empty one', async () => {
    const { simulator } = await startWithTestKey();
    simulator.changeAccount('acme', { balance: '0.00' });
    expect((await sendMessage(simulator, ['+14155551234'], { key: TEST_KEY })).status).toBe(200);
    expect((await sendMessage(simulator, ['+14155551234'])).status).toBe(402);
    expect((await callApi(simulator, '/user/balance')).body.balance).toBe(0);
  });

  it('keep their messages apart from the live ones', async () => {
    const { simulator } = await startWithTestKey();
    const messageId = await sendOne(simulator, '+14155551234', TEST_KEY);
    expect((await callApi(simulator, `/sms/status/${messageId}`)).status).toBe(404);
    expect((await callApi(simulator, '/sms/messages')).body.total).toBe(0);
    expect((await callApi(simulator, '/sms/messages', { key: TEST_KEY })).body.total).toBe(1);
  });

  it('remember the last 500 messages of 24 hours', async () => {
    const { simulator, time } = await startWithTestKey();
    const to = Array.from({ length: 100 }, (_, index) => `+4477009001${String(index).padStart(2, '0')}`);
    const first = await sendMessage(simulator, to, { key: TEST_KEY });
    for (let batch = 0; batch < 5; batch += 1) await sendMessage(simulator, to, { key: TEST_KEY });
    const totalOf = async () => (await callApi(simulator, '/sms/messages', { key: TEST_KEY })).body.total;
    expect(await totalOf()).toBe(500);
    const forgotten = `/sms/status/${first.body.messages[0]?.message_id}`;
    expect((await callApi(simulator, forgotten, { key: TEST_KEY })).status).toBe(404);
    await time.advance(86_400_001);
    expect(await totalOf()).toBe(0);
  });

  it('page as usual, but filter by status, number and date only', async () => {
    const { simulator } = await startWithTestKey();
    await sendMessage(simulator, ['+14155551234', '+447700900123'], { key: TEST_KEY });
    const totalOf = async (query: string) =>
      (await callApi(simulator, `/sms/messages?${query}`, { key: TEST_KEY })).body.total;
    expect([await totalOf('phone=1415'), await totalOf('status=delivered')]).toEqual([1, 0]);
    expect([await totalOf('country=US'), await totalOf('sender=Nobody')]).toEqual([2, 2]);
    const page = await callApi(simulator, '/sms/messages?limit=1&page=2', { key: TEST_KEY });
    expect(page.body).toMatchObject({ total: 2, page: 2, total_pages: 2 });
  });

  it('check a send like live ones do', async () => {
    const { simulator } = await startWithTestKey();
    const answer = await sendMessage(simulator, ['123'], { key: TEST_KEY, message: '' });
    expect([answer.status, answer.body.error_code]).toEqual([400, 'INVALID_TO']);
  });

  it('answer 503 while the sandbox is down; live keys do not mind', async () => {
    const { simulator } = await startWithTestKey();
    simulator.changeAccount('acme', { isSandboxAvailable: false });
    const answer = await sendMessage(simulator, ['+14155551234'], { key: TEST_KEY });
    expect([answer.status, answer.body.error_code]).toEqual([503, 'SANDBOX_UNAVAILABLE']);
    expect((await sendMessage(simulator, ['+14155551234'])).status).toBe(200);
  });
});
