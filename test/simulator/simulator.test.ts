import { describe, expect, it } from 'vitest';
import { countryOf, isE164 } from '../../src/domain/phone-number.ts';
import { SANDBOX_API_KEY } from '../../src/simulator/accounts/sandbox-account.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { callApi, sendOne, statusOf } from './support/api-client.ts';
import { KEY, startStill } from './support/start-for-test.ts';
import { startWebhookReceiver } from './support/webhook-receiver.ts';

describe('the simulator', () => {
  it('comes with an account that is ready to use, and a month behind it', async () => {
    const simulator = await startSimulator();
    const { body } = await callApi(simulator, '/sms/messages/unified?period=30d&limit=100', {
      key: SANDBOX_API_KEY,
    });
    expect(body.total).toBe(1_500);
    expect(body.messages.every(({ recipient }) => isE164(recipient))).toBe(true);
    expect(simulator.messageCount).toBe(1_200);
    const { countries } = (
      await callApi(simulator, '/sms/stats/by-country?period=30d', { key: SANDBOX_API_KEY })
    ).body;
    expect(countries.length).toBeGreaterThan(5);
    await simulator.close();
  });

  it('places the numbers of its past where the number plans place them', async () => {
    const { simulator } = await startStill({ history: { days: 3, messages: 300 } });
    const { countries } = (await callApi(simulator, '/sms/stats/by-country')).body;
    for (const { country, total_sent } of countries) {
      const { body } = await callApi(simulator, `/sms/messages?limit=100&country=${country}`);
      expect(body.total).toBe(total_sent);
      expect(new Set(body.messages.map(({ recipient }) => countryOf(recipient)))).toEqual(new Set([country]));
    }
  });

  it('invents the same with the same seed, and something else with another', async () => {
    const pastOf = async (seed: number) => {
      const { simulator } = await startStill({ seed, history: { days: 7, messages: 50 } });
      await callApi(simulator, '/sms/send', {
        method: 'POST',
        body: { to: ['+14155551234'], message: 'x', sender_id: 'MyApp' },
      });
      return (await callApi(simulator, '/sms/messages?limit=100')).text;
    };
    const first = await pastOf(5);
    expect(await pastOf(5)).toBe(first);
    expect(await pastOf(6)).not.toBe(first);
  });

  it('moves by itself in real time', async () => {
    const receiver = await startWebhookReceiver();
    const accounts = [{ id: 'acme', keys: [{ key: KEY }], webhook: { deliveryUrl: receiver.url } }];
    const simulator = await startSimulator({ accounts, timings: { sentAfterMs: 5, deliveredAfterMs: 10 } });
    const messageId = await sendOne(simulator, '+14155551234');
    await expect.poll(() => receiver.received.length).toBe(1);
    expect((await statusOf(simulator, messageId)).status).toBe('DELIVRD');
    await simulator.close();
  });

  it('closes at once, whatever is still to come', async () => {
    const receiver = await startWebhookReceiver();
    receiver.answerWith('silence');
    const simulator = await startSimulator({
      accounts: [{ id: 'acme', keys: [{ key: KEY }], webhook: { deliveryUrl: receiver.url } }],
      timings: { sentAfterMs: 1, deliveredAfterMs: 2 },
    });
    await sendOne(simulator, '+14155551234');
    await sendOne(simulator, '+15550100014');
    await expect.poll(() => receiver.received.length).toBe(1);
    const startedAt = performance.now();
    await simulator.close();
    expect(performance.now() - startedAt).toBeLessThan(4_000); // the receiver would keep it for five seconds
    await expect(callApi(simulator, '/user/balance')).rejects.toThrow();
  });

  it('refuses what makes no sense', async () => {
    const { simulator } = await startStill();
    expect(() => simulator.setWebhook('nowhere', null)).toThrow('nowhere');
    expect(() => simulator.changeAccount('nobody', {})).toThrow('nobody');
    const accounts = [
      { id: 'a', keys: [] },
      { id: 'b', keys: [{ key: 'k', workspace: 'a' }] },
    ];
    await expect(startSimulator({ accounts })).rejects.toThrow('two accounts');
  });
});
