import { describe, expect, it } from 'vitest';
import { createRateCounter, DEFAULT_RATE_LIMIT } from '../../../src/simulator/http/rate-limit.ts';
import { callApi, sendMessage } from '../support/api-client.ts';
import { KEY, startStill } from '../support/start-for-test.ts';

const TO = ['+14155551234'];

describe('rate limits', () => {
  it('refuse what is too much of one account in one second, over all its keys, without Retry-After', async () => {
    const { simulator, time } = await startStill({
      accounts: [
        { id: 'acme', keys: [{ key: KEY }, { key: 'sk_prod_second' }] },
        { id: 'other', keys: [{ key: 'sk_prod_other' }] },
      ],
      rateLimit: { perAccountPerSecond: 3 },
    });
    const call = (key: string) => callApi(simulator, '/user/balance', { key });
    const statuses = [
      await call(KEY),
      await call('sk_prod_second'),
      await call(KEY),
      await call('sk_prod_second'),
    ];
    expect(statuses.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(statuses[3]?.body.error_code).toBe('RATE_LIMIT_EXCEEDED');
    const names = [...(statuses[3]?.headers.keys() ?? [])];
    expect(names.filter((name) => /retry|ratelimit/i.test(name))).toEqual([]);
    expect((await call('sk_prod_other')).status).toBe(200);
    await time.advance(1_000);
    expect((await call(KEY)).status).toBe(200);
  });

  it('allow a thousand requests a second unless told otherwise', () => {
    const counter = createRateCounter(DEFAULT_RATE_LIMIT.perAccountPerSecond, () => 42);
    const admitted = Array.from({ length: 1_050 }, () => counter.admit('acme'));
    expect(admitted.filter(Boolean)).toHaveLength(1_000);
    expect(counter.admit('other')).toBe(true);
  });

  it('by address answer 429 with no body at all, before looking at the key', async () => {
    const { simulator } = await startStill({ rateLimit: { perIpPerSecond: 1 } });
    await callApi(simulator, '/user/balance');
    const answer = await callApi(simulator, '/user/balance', { key: null });
    expect([answer.status, answer.text]).toEqual([429, '']);
  });
});

describe('the fault switch', () => {
  it.each([
    [{ kind: 'rate_limit_json' } as const, 429, /^\{"status":false,"error_code":"RATE_LIMIT_EXCEEDED"/],
    [{ kind: 'rate_limit_html' } as const, 429, /^<html>/],
    [{ kind: 'rate_limit_empty' } as const, 429, /^$/],
    [{ kind: 'db_error' } as const, 500, /"DB_ERROR"/],
    [{ kind: 'internal_error' } as const, 500, /"INTERNAL_ERROR"/],
    [{ kind: 'sandbox_unavailable' } as const, 503, /"SANDBOX_UNAVAILABLE"/],
    [{ kind: 'error', errorCode: 'CROSS_TENANT_WORKSPACE' } as const, 403, /"CROSS_TENANT_WORKSPACE"/],
    [{ kind: 'html_5xx' } as const, 502, /^<html>/],
    [{ kind: 'html_5xx', httpStatus: 504 } as const, 504, /504 Gateway Time-out/],
  ])('%o answers so once, and nothing is sent', async (fault, status, text) => {
    const { simulator } = await startStill();
    simulator.faults.next(fault);
    const answer = await sendMessage(simulator, TO);
    expect(answer.status).toBe(status);
    expect(answer.text).toMatch(text);
    expect(simulator.acceptedCount).toBe(0);
    expect((await sendMessage(simulator, TO)).status).toBe(200);
  });

  it('cuts a connection before anything was read', async () => {
    const { simulator } = await startStill();
    simulator.faults.next({ kind: 'cut_before' });
    await expect(sendMessage(simulator, TO)).rejects.toThrow();
    expect(simulator.sentTo('+14155551234')).toHaveLength(0);
    expect(simulator.requests.all()[0]).toMatchObject({ method: 'POST', path: '/sms/send', status: null });
  });

  it.each([{ kind: 'cut_after' } as const, { kind: 'cut_answer' } as const])(
    '%o cuts it although the message was sent',
    async (fault) => {
      const { simulator } = await startStill();
      simulator.faults.next(fault);
      await expect(sendMessage(simulator, TO)).rejects.toThrow();
      expect(simulator.sentTo('+14155551234')).toHaveLength(1);
    },
  );

  it('cuts a CSV in the middle', async () => {
    const { simulator } = await startStill();
    simulator.changeAccount('acme', { exportRows: 10_000 });
    simulator.faults.next({ kind: 'cut_answer' });
    await expect(callApi(simulator, '/sms/messages/unified/export')).rejects.toThrow();
  });

  it.each([{ kind: 'html_5xx', isAccepted: true } as const, { kind: 'not_json' } as const])(
    '%o hides that the message was sent',
    async (fault) => {
      const { simulator } = await startStill();
      simulator.faults.next(fault);
      expect((await sendMessage(simulator, TO)).text).toMatch(/^<html>/);
      expect(simulator.sentTo('+14155551234')).toHaveLength(1);
    },
  );

  it('answers late, though the message was sent at once', async () => {
    const { simulator } = await startStill();
    simulator.faults.next({ kind: 'slow', delayMs: 60_000 });
    const answer = sendMessage(simulator, TO);
    await expect.poll(() => simulator.acceptedCount).toBe(1);
    const closed = expect(answer).rejects.toThrow();
    await simulator.close(); // does not wait for the minute to pass
    await closed;
  });

  it('degrades an account, or puts it into setup, for one call', async () => {
    const { simulator } = await startStill();
    simulator.faults.next({ kind: 'degraded', state: 'partial' });
    simulator.faults.next({ kind: 'setup' });
    const answers = [];
    for (let call = 0; call < 3; call += 1) answers.push(await callApi(simulator, '/user/pricing'));
    expect(answers.map(({ headers }) => headers.get('x-sms-gateway-status'))).toEqual([
      'partial',
      null,
      null,
    ]);
    expect(answers[1]?.text).toContain('Account is in setup process');
    expect(answers[2]?.text.startsWith('[')).toBe(true);
  });

  it('hits only the calls it is meant for, as often as told', async () => {
    const { simulator } = await startStill();
    simulator.faults.next({ kind: 'internal_error', path: '/sms/stats', method: 'GET', times: 2 });
    const statusOf = async (path: string) => (await callApi(simulator, path)).status;
    expect(await statusOf('/user/balance')).toBe(200);
    expect([await statusOf('/sms/stats'), await statusOf('/sms/stats/daily')]).toEqual([500, 500]);
    expect(await statusOf('/sms/stats')).toBe(200);
    expect(simulator.faults.hitCount).toBe(2);
  });

  it('hits with a chance that the seed repeats', async () => {
    const hitsWith = async (seed: number) => {
      const { simulator } = await startStill({ seed });
      simulator.faults.rate({ kind: 'db_error', probability: 0.3 });
      const statuses: number[] = [];
      for (let call = 0; call < 60; call += 1)
        statuses.push((await callApi(simulator, '/user/balance')).status);
      simulator.faults.clear();
      expect((await callApi(simulator, '/user/balance')).status).toBe(200);
      return statuses;
    };
    const first = await hitsWith(7);
    const hits = first.filter((status) => status === 500).length;
    expect(hits).toBeGreaterThan(8);
    expect(hits).toBeLessThan(30);
    expect(await hitsWith(7)).toEqual(first);
    expect(await hitsWith(8)).not.toEqual(first);
  });
});

describe('the fault route', () => {
  const post = (url: string, body: unknown) =>
    fetch(url, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });

  it('arms, lists and clears without a key', async () => {
    const { simulator } = await startStill();
    const spec = { kind: 'db_error', path: '/sms/send', times: 3 };
    expect((await post(simulator.faultsUrl, spec)).status).toBe(201);
    expect((await post(simulator.faultsUrl, { kind: 'slow', delayMs: 1, probability: 1 })).status).toBe(201);
    expect((await sendMessage(simulator, TO)).status).toBe(500);
    expect(await (await fetch(simulator.faultsUrl)).json()).toEqual({
      faults: [
        { ...spec, times: 2 },
        { kind: 'slow', delayMs: 1, probability: 1 },
      ],
    });
    expect((await fetch(simulator.faultsUrl, { method: 'DELETE' })).status).toBe(200);
    expect((await sendMessage(simulator, TO)).status).toBe(200);
  });

  it.each([
    ['an unknown kind', { kind: 'meteor' }, 'kind'],
    ['a chance over 1', { kind: 'slow', probability: 2 }, 'probability'],
    ['an unknown member', { kind: 'slow', delay: 5 }, 'delay'],
    ['no JSON', 'slow', ''],
  ])('refuses %s', async (_case, body, named) => {
    const { simulator } = await startStill();
    const answer = await post(simulator.faultsUrl, body);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain(named);
    expect(simulator.faults.list()).toEqual([]);
  });

  it('answers 405 to other methods', async () => {
    const { simulator } = await startStill();
    expect((await fetch(simulator.faultsUrl, { method: 'PUT' })).status).toBe(405);
  });
});

describe('the request log', () => {
  it('counts calls by method, path and workspace', async () => {
    const { simulator } = await startStill();
    await callApi(simulator, '/sms/messages?page=2&limit=10');
    await sendMessage(simulator, TO);
    await callApi(simulator, '/sms/stats', { key: null });
    expect(simulator.requests.all()[0]).toMatchObject({
      method: 'GET',
      path: '/sms/messages',
      query: { page: '2', limit: '10' },
      workspace: 'acme',
      status: 200,
    });
    expect(simulator.requests.count()).toBe(3);
    expect(simulator.requests.count({ method: 'GET', path: '/sms' })).toBe(2);
    expect(simulator.requests.count({ workspace: 'acme' })).toBe(2);
    simulator.requests.clear();
    expect(simulator.requests.count()).toBe(0);
  });
});
