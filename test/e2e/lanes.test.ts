import { describe, expect, it, onTestFinished } from 'vitest';
import { type RunningGateway, runGateway } from '../support/run-gateway.ts';
import { SEND_ANSWER } from '../support/sample-send.ts';
import { json, type Script, type SeenRequest, startScriptedUpstream } from '../support/scripted-upstream.ts';

const SEND = `mutation ($key: String!) {
  sendSms(input: { to: ["+14155551234", "+447911123456"], text: "Hello 👋", sender: "MyApp", idempotencyKey: $key }) {
    __typename } }`;
const SENT = { sendSms: { __typename: 'SendResult' } };
const STATS = '{ stats { averageCost } }';
const EVERY_READ = [
  STATS,
  '{ balance { amount } }',
  '{ payments { id } }',
  '{ prices { dialCode } }',
  '{ messages(first: 5) { totalCount } }',
  '{ traffic(first: 5) { totalCount } }',
  '{ message(messageId: "api_1_1") { id } }',
  '{ webhookSettings { clickUrl } }',
];

const isSend = ({ path }: SeenRequest) => path === '/api/v1/sms/send';
/** Answers sends, and everything else as told. */
const butSends =
  (others: Script): Script =>
  (request, response, index) =>
    (isSend(request) ? json(SEND_ANSWER) : others)(request, response, index);
const hang: Script = () => undefined;

async function start(script: Script, env: Readonly<Record<string, string>> = {}) {
  const upstream = await startScriptedUpstream(script);
  onTestFinished(() => upstream.close());
  const gateway = await runGateway(upstream.baseUrl, { env: { READ_CACHE_TTL_MS: '0', ...env } });
  return { upstream, gateway };
}

const figure = async ({ url }: RunningGateway, name: string): Promise<number> => {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(text.split(`\n${name} `)[1]?.split('\n')[0]);
};

describe('a send depends on nothing but sends', () => {
  it.each([
    ['statistics answer 500', 60, [STATS], ['stats']],
    ['everything else answers 500', 25, EVERY_READ, ['balance', 'messages', 'status', 'webhooks']],
  ])('none is refused while %s for a long run of polls', async (_, rounds, polls, open) => {
    const { gateway } = await start(butSends(json('', 500)));
    for (let polled = 0; polled < rounds; polled += 1) {
      const failed = await Promise.all(polls.map((query) => gateway.ask(query)));
      for (const { errors } of failed) expect(errors[0]?.extensions.code).toBe('UPSTREAM_UNAVAILABLE');
      expect((await gateway.ask(SEND, { key: `order-${polled}` })).data).toEqual(SENT);
    }
    for (const area of open) {
      const opened = await figure(gateway, `gateway_upstream_breaker_total{area="${area}",state="opened"}`);
      expect(opened, area).toBeGreaterThan(0);
    }
    expect(await figure(gateway, 'gateway_upstream_breaker_total{area="send",state="opened"}')).toBe(0);
  });

  it.each([8, 1])(
    'all are answered while more reads hang than there are places (%i)',
    async (connections) => {
      const env = { SMS_API_CONNECTIONS: String(connections), SMS_API_TIMEOUT_MS: '60000' };
      const { upstream, gateway } = await start(butSends(hang), env);
      const leave = new AbortController();
      let answered = 0;
      const reads = Array.from({ length: 20 }, (_, index) =>
        gateway.ask(`{ message(messageId: "api_${index}_1") { id } }`, {}, leave.signal).then(
          () => (answered += 1),
          () => undefined,
        ),
      );
      const waiting = () => figure(gateway, 'gateway_upstream_waiting{lane="status"}');
      await expect.poll(async () => (await waiting()) + upstream.requests.length).toBe(20);
      expect(await waiting()).toBeGreaterThan(0);

      for (let sent = 0; sent < 5; sent += 1)
        expect((await gateway.ask(SEND, { key: `one-${sent}` })).data).toEqual(SENT);
      const together = Array.from({ length: 12 }, (_, index) =>
        gateway.ask(SEND, { key: `together-${index}` }),
      );
      for (const { data } of await Promise.all(together)) expect(data).toEqual(SENT);
      expect(answered).toBe(0);
      expect(await waiting()).toBeGreaterThan(0);

      leave.abort();
      await Promise.all(reads);
      await expect.poll(waiting).toBe(0);
      await expect.poll(() => figure(gateway, 'gateway_upstream_places{lane="status"}')).toBe(0);
    },
  );

  it('asks for the prices of a spend cap ahead of hanging reads, also of one that asks for prices', async () => {
    const prices = json([{ dialcode: 1, rate: '0.0085' }]);
    const { upstream, gateway } = await start(
      butSends((request, response, index) =>
        (request.path.endsWith('/pricing') ? prices : hang)(request, response, index),
      ),
      {
        SMS_API_CONNECTIONS: '4',
        GUARDS: 'monitor',
        GUARD_SPEND_PER_DAY: '100',
        SMS_API_TIMEOUT_MS: '60000',
      },
    );
    const leave = new AbortController();
    const queries = Array.from(
      { length: 10 },
      (_, index) => `{ message(messageId: "api_${index}_1") { id } }`,
    );
    const reads = [...queries, '{ prices { dialCode } }'].map((query) =>
      gateway.ask(query, {}, leave.signal).catch(() => undefined),
    );
    const waiting = () => figure(gateway, 'gateway_upstream_waiting{lane="read"}');
    await expect.poll(waiting).toBe(1);
    expect((await gateway.ask(SEND, { key: 'order-1' })).data).toEqual(SENT);
    expect(upstream.requests.filter(({ path }) => path.endsWith('/pricing'))).toHaveLength(1);
    expect(await waiting()).toBe(1);
    leave.abort();
    await Promise.all(reads);
  });
});
