import { describe, expect, it } from 'vitest';
import { API_KEY, runSimulated } from '../support/run-gateway.ts';

const SECRET = 'hmac-secret-of-the-test';

const runSigned = () =>
  runSimulated({
    account: {
      keys: [{ key: API_KEY, secret: SECRET }],
      history: { days: 6, messages: 400, campaignMessages: 0 },
    },
    env: { SMS_API_SECRET: SECRET, READ_CACHE_TTL_MS: '0' },
  });

describe('with a key that signs', () => {
  it('a hundred different pages at once all succeed, though all share a path and no query is signed', async () => {
    const { ask, simulator } = await runSigned();
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        ask('query ($first: Int!) { messages(first: $first) { nodes { messageId } } }', { first: index + 1 }),
      ),
    );
    expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
    expect(answers.map(({ data }) => data.messages.nodes.length)).toEqual(
      Array.from({ length: 100 }, (_, index) => index + 1),
    );
    const seen = simulator.requests.all({ path: '/sms/messages' });
    expect([seen.length, seen.every(({ status }) => status === 200)]).toEqual([100, true]);
  });

  it('the status of one message can be asked 30 times within a second', async () => {
    const { ask, simulator } = await runSigned();
    const { data } =
      await ask(`mutation { sendSms(input: { to: ["+15550100010"], text: "Hi", sender: "MyApp" }) {
      ... on SendResult { recipients { messageId } } } }`);
    const { messageId } = data.sendSms.recipients[0];
    for (let turn = 0; turn < 30; turn += 1) {
      const read = await ask('query ($id: String!) { message(messageId: $id) { recipient } }', {
        id: messageId,
      });
      expect(read.data.message).toEqual({ recipient: '+15550100010' });
    }
    const seen = simulator.requests.all({ path: '/sms/status' });
    expect(seen).toHaveLength(30);
    expect(seen.filter(({ status }) => status !== 200)).toEqual([]);
  });

  it('sends of the same input go out side by side, each once', async () => {
    const { ask, simulator } = await runSigned();
    const send = `mutation { sendSms(input: { to: ["+447700900123"], text: "Hi", sender: "MyApp" }) { __typename } }`;
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(send)));
    expect(answers.map(({ data }) => data.sendSms.__typename)).toEqual(Array(20).fill('SendResult'));
    expect(simulator.sentTo('+447700900123')).toHaveLength(20);
  });

  it('and the wrong secret, a caller is told that the provider refused the key, and by which code', async () => {
    const { ask } = await runSimulated({
      account: { keys: [{ key: API_KEY, secret: SECRET }] },
      env: { SMS_API_SECRET: 'another' },
    });
    const { data, errors } = await ask('{ balance { amount } }');
    expect(data).toEqual({ balance: null });
    expect(errors).toMatchObject([
      { extensions: { code: 'UPSTREAM_REFUSED', providerCode: 'INVALID_SIGNATURE' } },
    ]);
  });

  it('and no secret, the provider asks for a signature', async () => {
    const { ask } = await runSimulated({ account: { keys: [{ key: API_KEY, secret: SECRET }] } });
    const { errors } = await ask('{ balance { amount } }');
    expect(errors[0]?.extensions['providerCode']).toBe('SIGNATURE_REQUIRED');
  });
});
