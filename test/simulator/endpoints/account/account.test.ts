import { describe, expect, it } from 'vitest';
import { ENDPOINTS } from '../../../../src/simulator/endpoints/router.ts';
import { callApi } from '../../support/api-client.ts';
import { startStill } from '../../support/start-for-test.ts';

const SETUP = { status: false, error: 'Account is in setup process' };

describe('GET /user/balance', () => {
  it('is written as in the document, without a status', async () => {
    const { simulator } = await startStill();
    const { text } = await callApi(simulator, '/user/balance');
    expect(text).toBe('{"balance":1250.50,"currency":"EUR","updated":"2026.02.13 10:30:00"}');
  });

  it.each([
    ['0.00', true],
    ['-3.10', true],
    ['0.01', undefined],
  ])('of %s says whether the credit is blocked', async (balance, isBlocked) => {
    const { simulator } = await startStill();
    simulator.changeAccount('acme', { balance });
    expect((await callApi(simulator, '/user/balance')).body).toMatchObject({
      balance: Number(balance),
      ...(isBlocked && { credit_blocked: true }),
    });
    expect((await callApi(simulator, '/user/balance')).text.includes('credit_blocked')).toBe(
      isBlocked ?? false,
    );
  });

  it('is 0 and unavailable when nobody knows it', async () => {
    const { simulator } = await startStill();
    simulator.changeAccount('acme', { gatewayState: 'unavailable' });
    const { status, body, headers } = await callApi(simulator, '/user/balance');
    expect(status).toBe(200);
    expect(body).toEqual({
      balance: 0,
      currency: 'EUR',
      unavailable: true,
      reason: 'cache_miss_refresh_failed',
    });
    expect(headers.get('x-sms-gateway-status')).toBe('unavailable');
    expect(headers.get('x-sms-gateway-reason')).toBe('cache_miss_refresh_failed');
  });
});

describe('GET /user/pricing', () => {
  it('is a bare array with the documented row in it, digit for digit', async () => {
    const { simulator } = await startStill();
    const { text } = await callApi(simulator, '/user/pricing');
    expect(text.startsWith('[{')).toBe(true);
    expect(text).toContain(
      '{"mcc":"310","mnc":"004","mccmnc":"310004","dialcode":"1","country":"United States",' +
        '"network":"Verizon Wireless","rate":0.0085,"prev_rate":0.0080,"rate_start_date":"2026.01.08 22:15:29",' +
        '"rate_end_date":"2100.01.01 00:00:00","change_type":"Increase"}',
    );
  });

  it('has many countries, every kind of change, longer dial codes, and prices yet to come', async () => {
    const { simulator } = await startStill();
    const rows: readonly Record<string, string>[] = JSON.parse(
      (await callApi(simulator, '/user/pricing')).text,
    );
    const valuesOf = (name: string) => new Set(rows.map((row) => row[name]));
    expect(valuesOf('country').size).toBeGreaterThan(50);
    expect(valuesOf('change_type')).toEqual(new Set(['Same', 'Increase', 'Decrease']));
    expect([...valuesOf('dialcode')]).toEqual(expect.arrayContaining(['1', '1416', '7', '77']));
    expect(valuesOf('rate_start_date').size).toBe(2);
    expect(rows.every((row) => /^\d{3}$/.test(row['mcc'] ?? '') && Number(row['rate']) > 0)).toBe(true);
  });
});

describe('GET /user/payments', () => {
  it('is a bare array with the documented row in it, of every type and source', async () => {
    const { simulator } = await startStill();
    const { text } = await callApi(simulator, '/user/payments');
    expect(text).toContain(
      '{"id":"sms_gateway_S12345","amount":500.00,"currency":"EUR","date":"2026-02-10T14:30:00Z","type":"deposit",',
    );
    const rows: readonly Record<string, string>[] = JSON.parse(text);
    expect(new Set(rows.map((row) => row['type']))).toEqual(new Set(['deposit', 'usage', 'adjustment']));
    expect(new Set(rows.map((row) => row['source']))).toEqual(new Set(['sms_gateway', 'portal']));
    expect(new Set(rows.map((row) => row['id'])).size).toBe(rows.length);
  });
});

describe('an account that is not at its best', () => {
  it.each(['/user/pricing', '/user/payments'])('in setup answers 200 with an error on %s', async (path) => {
    const { simulator } = await startStill();
    simulator.changeAccount('acme', { isInSetup: true });
    const answer = await callApi(simulator, path);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject(SETUP);
    expect((await callApi(simulator, '/user/balance')).body.balance).toBe(1250.5);
  });

  it.each(['/user/pricing', '/user/payments'])('degraded keeps 200 and says so on %s', async (path) => {
    const { simulator } = await startStill();
    const rowsOf = async () => JSON.parse((await callApi(simulator, path)).text).length;
    const whole = await rowsOf();
    simulator.changeAccount('acme', { gatewayState: 'partial' });
    const { status, headers } = await callApi(simulator, path);
    expect([status, headers.get('x-sms-gateway-status')]).toEqual([200, 'partial']);
    expect(headers.get('x-sms-gateway-reason')).toBe('cache_disabled');
    expect(await rowsOf()).toBeLessThan(whole);
    simulator.changeAccount('acme', { gatewayState: 'unavailable' });
    expect(await rowsOf()).toBe(0);
  });

  it('is told apart from a healthy one by the absence of those headers', async () => {
    const { simulator } = await startStill();
    for (const { method, path } of ENDPOINTS.filter((endpoint) => endpoint.path.startsWith('/user/'))) {
      const { headers } = await callApi(simulator, path, { method, body: method === 'GET' ? undefined : {} });
      expect(headers.get('x-sms-gateway-status')).toBeNull();
    }
  });
});
