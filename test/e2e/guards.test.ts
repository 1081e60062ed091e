import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { createLogger } from '../../src/logger.ts';
import { MAGIC_NUMBERS } from '../../src/simulator/delivery/magic-numbers.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { startGateway } from '../../src/start-gateway.ts';
import { type Asked, ask, type Transport } from '../support/ask-everywhere.ts';
import { type LiveGateway, startLiveGateway, startProvider } from '../support/live-gateway.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { startRedisServer } from '../support/redis-server.ts';
import { tokenFor } from '../support/tokens.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SEND = `mutation ($input: SendSmsInput!) { sendSms(input: $input) {
  __typename ... on SendResult { isReplay } ... on UserError { code message } } }`;

interface Sent {
  readonly __typename: string;
  readonly code?: string;
  readonly message?: string;
  readonly isReplay?: boolean;
}
interface SendOptions {
  readonly key?: string;
  readonly text?: string;
  readonly token?: string | null;
  readonly transport?: Transport;
}

const MIDDLE_OF_TODAY = Math.floor(Date.now() / DAY_MS) * DAY_MS + 12.5 * HOUR_MS;

/** Numbers far apart, each in a range of its own. */
const scattered = (index: number) => `+4474${String(10_000_000 + index * 12_347).slice(-8)}`;
const inRun = (index: number) => `+4474001${String(23_456 + index).padStart(5, '0')}`;
const numbers = (count: number, numberAt: (index: number) => string, from = 0) =>
  Array.from({ length: count }, (_, index) => numberAt(from + index));

/** Good for as long as the clock of a test goes on. */
const tokenOf = (claims: { readonly sub: string; readonly scope: string; readonly workspace?: string }) =>
  tokenFor({ ...claims, iat: MIDDLE_OF_TODAY / 1000, exp: (MIDDLE_OF_TODAY + 2 * DAY_MS) / 1000 });

const ann = await tokenOf({ sub: 'ann', scope: '*' });

async function send(gateway: Asked, to: readonly string[], options: SendOptions = {}): Promise<Sent> {
  const { key, text = 'Hello', token = ann, transport = 'HTTP' } = options;
  const input = { to, text, sender: 'MyApp', ...(key !== undefined && { idempotencyKey: key }) };
  const { data } = await ask(transport, gateway, { query: SEND, variables: { input } }, token);
  return data?.['sendSms'] as Sent;
}

/** A gateway that guards as `env` says, in the middle of an hour that lasts as long as the test wants. */
async function guarded(env: Readonly<Record<string, string>>, workspaces = ['shop']) {
  const provider = await startProvider(workspaces);
  const clock = createManualClock(MIDDLE_OF_TODAY);
  const gateway = await startLiveGateway({ providerUrl: provider.url, workspaces, env, clock });
  onTestFinished(async () => {
    await gateway.close();
    await provider.close();
  });
  return { gateway, provider, clock };
}

const decisions = async (gateway: LiveGateway, guard: string, decision: string): Promise<number> => {
  const line = `gateway_guard_decisions_total{guard="${guard}",decision="${decision}"} `;
  return Number((await gateway.metrics()).split(line)[1]?.split('\n')[0]);
};

const recipientsAt = ({ requests, acceptedCount }: Simulator) => ({
  posts: requests.count({ path: '/sms/send' }),
  accepted: acceptedCount,
});

describe('recipients are counted, over lists and repeats', () => {
  it('of one number', async () => {
    const { gateway, provider } = await guarded({ GUARD_RECIPIENT_PER_HOUR: '3' });
    await send(gateway, [scattered(1), scattered(2)]);
    await send(gateway, [scattered(1)], { transport: 'WebSocket' });
    await send(gateway, [scattered(3), scattered(1)], { transport: 'SSE', text: 'Another' });
    const refused = await send(gateway, [scattered(4), scattered(1)]);
    expect(refused).toMatchObject({ __typename: 'SendRefusedError', code: 'RECIPIENT_LIMIT' });
    expect(refused.message).toContain('to[1]');
    expect(refused.message).not.toContain(scattered(1));
    expect(recipientsAt(provider)).toEqual({ posts: 3, accepted: 5 });
    expect(await decisions(gateway, 'recipient', 'enforced')).toBe(1);
  });

  it('of a range of numbers, of a caller, and of a workspace', async () => {
    const env = { GUARD_PREFIX_PER_HOUR: '2', GUARD_CALLER_PER_HOUR: '4', GUARD_WORKSPACE_PER_HOUR: '6' };
    const { gateway } = await guarded(env, ['shop', 'bank']);
    const [ben, atBank] = [
      await tokenOf({ sub: 'ben', scope: '*' }),
      await tokenOf({ sub: 'ann', scope: '*', workspace: 'bank' }),
    ];
    const range = ['+447400120000', '+447400123333', '+447400126666'];
    expect((await send(gateway, range)).code).toBe('PREFIX_LIMIT');
    expect((await send(gateway, numbers(4, scattered))).code).toBeUndefined();
    expect((await send(gateway, [scattered(5)])).code).toBe('CALLER_LIMIT');
    expect((await send(gateway, numbers(2, scattered, 5), { token: ben })).code).toBeUndefined();
    expect((await send(gateway, [scattered(8)], { token: ben })).code).toBe('WORKSPACE_LIMIT');
    expect((await send(gateway, numbers(4, scattered), { token: atBank })).code).toBeUndefined();
    for (const guard of ['prefix', 'caller', 'workspace'])
      expect(await decisions(gateway, guard, 'enforced'), guard).toBeGreaterThan(0);
  });

  it('anew in the next hour', async () => {
    const { gateway, clock } = await guarded({ GUARD_CALLER_PER_HOUR: '1' });
    await send(gateway, [scattered(1)]);
    expect((await send(gateway, [scattered(2)])).code).toBe('CALLER_LIMIT');
    clock.advance(HOUR_MS);
    expect((await send(gateway, [scattered(2)])).code).toBeUndefined();
  });

  it('once for a key: a replay is not charged, nor refused when the limit is used up', async () => {
    const { gateway, provider } = await guarded({
      GUARD_RECIPIENT_PER_HOUR: '1',
      GUARD_CALLER_PER_HOUR: '2',
    });
    await send(gateway, [scattered(1)], { key: 'order-1' });
    for (let count = 0; count < 5; count += 1)
      expect(await send(gateway, [scattered(1)], { key: 'order-1' })).toMatchObject({ isReplay: true });
    expect((await send(gateway, [scattered(2)])).code).toBeUndefined();
    expect(provider.acceptedCount).toBe(2);
  });
});

describe('what is refused whatever was sent before', () => {
  it('countries that are not on the list', async () => {
    const { gateway, provider } = await guarded({ GUARD_COUNTRIES: 'gb,DE' });
    expect((await send(gateway, [scattered(1), '+14155551234'])).code).toBe('COUNTRY_NOT_ALLOWED');
    expect((await send(gateway, ['+8821612345'])).code).toBe('COUNTRY_NOT_ALLOWED');
    expect(provider.acceptedCount).toBe(0);
    expect((await send(gateway, [scattered(1)])).code).toBeUndefined();
    expect(await decisions(gateway, 'country', 'enforced')).toBe(2);
  });

  it('a run of sequential numbers, in one list or one by one', async () => {
    const { gateway, provider } = await guarded({ GUARD_SEQUENTIAL_RUN: '12' });
    expect((await send(gateway, numbers(12, inRun))).code).toBe('SEQUENTIAL_NUMBERS');
    expect(provider.acceptedCount).toBe(0);
    const codes = new Set<string | undefined>();
    for (const number of numbers(12, inRun)) codes.add((await send(gateway, [number])).code);
    expect(codes).toEqual(new Set([undefined, 'SEQUENTIAL_NUMBERS']));
    expect(provider.acceptedCount).toBeLessThan(12);
  });
});

describe('the spend caps', () => {
  const priceOf = async (gateway: LiveGateway, to: readonly string[]): Promise<number> => {
    const query = 'query ($to: [String!]!) { estimate(text: "Hello", to: $to) { cost } }';
    const { data } = await ask('HTTP', gateway, { query, variables: { to } }, ann);
    const estimate = data?.['estimate'] as { readonly cost: string } | undefined;
    return Number(estimate?.cost);
  };

  it.each([
    ['GUARD_SPEND_PER_HOUR', 'hourly_spend', HOUR_MS],
    ['GUARD_SPEND_PER_DAY', 'daily_spend', DAY_MS],
  ])('%s counts segments and recipients, and begins anew', async (name, guard, windowMs) => {
    const two = numbers(2, scattered);
    const price = await priceOf((await guarded({})).gateway, two);
    const { gateway, clock } = await guarded({ [name]: (price * 3.9).toFixed(6) });
    expect((await send(gateway, two, { text: 'a'.repeat(400) })).code).toBeUndefined(); // 3 segments
    expect(await send(gateway, two)).toMatchObject({ __typename: 'SendRefusedError', code: 'SPEND_CAP' });
    expect((await send(gateway, two.slice(1))).code).toBeUndefined();
    clock.advance(windowMs);
    expect((await send(gateway, two)).code).toBeUndefined();
    expect(await decisions(gateway, guard, 'enforced')).toBe(1);
  });
});

describe('the mode', () => {
  it('monitor counts what it would refuse, and lets it through; off does neither', async () => {
    for (const [mode, expected] of [
      ['monitor', 2],
      ['off', 0],
    ] as const) {
      const { gateway, provider } = await guarded({ GUARDS: mode, GUARD_RECIPIENT_PER_HOUR: '1' });
      for (let count = 0; count < 3; count += 1)
        expect((await send(gateway, [scattered(1)])).code).toBeUndefined();
      expect(provider.acceptedCount).toBe(3);
      expect(await decisions(gateway, 'recipient', 'monitored'), mode).toBe(expected);
      expect(await decisions(gateway, 'recipient', 'enforced')).toBe(0);
    }
  });

  it('monitor stops no send because prices cannot be asked for; enforce does, and says that nothing was sent', async () => {
    for (const [mode, typename] of [
      ['monitor', 'SendResult'],
      ['enforce', 'UpstreamUnavailableError'],
    ] as const) {
      const { gateway, provider } = await guarded({ GUARDS: mode, GUARD_SPEND_PER_DAY: '100' });
      provider.faults.next({ kind: 'internal_error', path: '/user/pricing', times: 3 });
      expect((await send(gateway, [scattered(1)])).__typename).toBe(typename);
      expect(provider.acceptedCount).toBe(mode === 'monitor' ? 1 : 0);
      expect(await decisions(gateway, 'daily_spend', 'monitored')).toBe(mode === 'monitor' ? 1 : 0);
    }
  });

  it('enforces in production without being told: a pumping run gets next to nothing', async () => {
    const { gateway, provider } = await guarded({});
    const lists = Array.from({ length: 4 }, (_, list) => numbers(100, inRun, 100 * list));
    for (const list of lists) expect((await send(gateway, list)).code).toBe('SEQUENTIAL_NUMBERS');
    await Promise.all(numbers(80, inRun).map((number) => send(gateway, [number])));
    // Of every window of twenty, less than three quarters.
    expect(provider.acceptedCount).toBeLessThanOrEqual(60);
  });

  it('only watches in the sandbox: hundreds of sends and all magic numbers go through', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
    const config = loadConfig({ PORT: '0', STORE_URL: `file:${folder}` });
    const gateway = await startGateway(config, { logger: createLogger('silent') });
    onTestFinished(async () => {
      await gateway.drain();
      rmSync(folder, { recursive: true, force: true });
    });
    const asked = { graphqlUrl: `${gateway.url}/graphql` };
    const magic = MAGIC_NUMBERS.map(({ number }) => number);
    const demo = [...magic, ...magic, ...numbers(120, inRun), ...Array(30).fill('+447911123456')];
    for (const result of await Promise.all(demo.map((number) => send(asked, [number], { token: null }))))
      expect(result.__typename).toBe('SendResult');
    expect((await send(asked, magic, { token: null })).__typename).toBe('SendResult');
  });
});

describe('two gateways on one Redis', () => {
  it('share what was counted', async () => {
    const redis = await startRedisServer();
    onTestFinished(() => redis.stop());
    const env = { STORE_URL: redis.url, GUARD_CALLER_PER_HOUR: '10', GUARD_SEQUENTIAL_RUN: '1000' };
    const provider = await startProvider();
    onTestFinished(() => provider.close());
    const clock = createManualClock(MIDDLE_OF_TODAY);
    const replicas = [
      await startLiveGateway({ providerUrl: provider.url, env, clock }),
      await startLiveGateway({ providerUrl: provider.url, env, clock }),
    ] as const;
    onTestFinished(async () => void (await Promise.all(replicas.map((replica) => replica.close()))));
    const results = await Promise.all(
      numbers(30, scattered).map((number, index) => send(replicas[index % 2 === 0 ? 0 : 1], [number])),
    );
    expect(results.filter(({ code }) => code === undefined)).toHaveLength(10);
    expect(results.filter(({ code }) => code === 'CALLER_LIMIT')).toHaveLength(20);
    expect(provider.acceptedCount).toBe(10);
  });
});
