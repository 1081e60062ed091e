import { describe, expect, it } from 'vitest';
import { json, type Script } from '../../support/scripted-upstream.ts';
import { errorOf, useScriptedProvider } from '../../support/use-scripted-provider.ts';

const provider = useScriptedProvider();

describe('the balance', () => {
  const balance = (script: Script) => provider.ask(script, (session) => session.fetchBalance());
  const BALANCE = { balance: 1250.5, currency: 'EUR', updated: '2026.02.13 10:15:00' };

  it('is read exactly, its time in UTC', async () => {
    const body = '{"balance":1250.50,"currency":"EUR","updated":"2026.02.13 10:15:00"}';
    expect(await balance(json(body))).toEqual({
      amount: '1250.50',
      currency: 'EUR',
      updatedAt: '2026-02-13T10:15:00.000Z',
      isCreditBlocked: false,
      isUnavailable: false,
      unavailableReason: null,
    });
  });

  it('that is used up blocks the credit', async () => {
    expect(await balance(json({ ...BALANCE, balance: -1, credit_blocked: true }))).toMatchObject({
      amount: '-1',
      isCreditBlocked: true,
    });
  });

  it.each([
    ['the body', json({ balance: 0, currency: 'EUR', unavailable: true, reason: 'cache' })],
    [
      'a header',
      json({ ...BALANCE, balance: 0, reason: 'cache' }, 200, { 'x-sms-gateway-status': 'unavailable' }),
    ],
  ])('is unknown, not zero, when %s says so', async (_name, script) => {
    expect(await balance(script)).toMatchObject({
      amount: null,
      isUnavailable: true,
      unavailableReason: 'cache',
    });
  });
});

describe('prices and payments', () => {
  const prices = (script: Script) => provider.ask(script, (session) => session.fetchPrices());
  const PRICE = {
    mcc: '310',
    mnc: '004',
    mccmnc: '310004',
    dialcode: '1',
    country: 'United States',
    network: 'Verizon Wireless',
    rate_start_date: '2026.01.08 22:15:29',
    rate_end_date: '2100.01.01 00:00:00',
    change_type: 'Increase',
  };
  const SETUP = { status: false, error: 'Account is in setup process', message: 'come back later' };

  it('are read, codes as text and an open end as null', async () => {
    const body = JSON.stringify([PRICE]).replace('"mcc"', '"rate":0.0085,"prev_rate":0.0080,"mcc"');
    expect(await prices(json(body))).toEqual([
      {
        mcc: '310',
        mnc: '004',
        dialCode: '1',
        country: 'United States',
        network: 'Verizon Wireless',
        rate: '0.0085',
        previousRate: '0.0080',
        startsAt: '2026-01-08T22:15:29.000Z',
        endsAt: null,
        change: 'INCREASE',
      },
    ]);
  });

  it('without a rate are left out', async () => {
    expect(await prices(json([PRICE, { ...PRICE, rate: 1 }]))).toHaveLength(1);
  });

  it('are kept for a minute', async () => {
    const session = provider.test.session();
    provider.upstream.script(json([]));
    const first = await session.fetchPrices();
    provider.test.clock.advance(59_000);
    expect(await session.fetchPrices()).toBe(first);
    provider.test.clock.advance(2_000);
    await session.fetchPrices();
    expect(session.cost.calls).toBe(2);
  });

  it('of payments are read', async () => {
    const body = [
      {
        id: 'sms_gateway_S12345',
        amount: 500.0,
        currency: 'EUR',
        date: '2026-02-10T14:30:00Z',
        type: 'deposit',
        description: 'Top-up',
        source: 'sms_gateway',
      },
      { id: 2, amount: -1.5, type: 'gift' },
    ];
    expect(await provider.ask(json(body), (session) => session.fetchPayments())).toEqual([
      {
        paymentId: 'sms_gateway_S12345',
        amount: '500',
        currency: 'EUR',
        date: '2026-02-10T14:30:00.000Z',
        type: 'DEPOSIT',
        description: 'Top-up',
        source: 'SMS_GATEWAY',
      },
      {
        paymentId: '2',
        amount: '-1.5',
        currency: null,
        date: null,
        type: 'UNRECOGNIZED',
        description: null,
        source: 'UNRECOGNIZED',
      },
    ]);
  });

  it('of an account in setup are refused although the status is 200', async () => {
    expect(await errorOf(prices(json(SETUP)))).toMatchObject({
      code: 'UPSTREAM_REFUSED',
      message: 'The account at the provider is still being set up.',
    });
  });

  it('that cannot be looked up are an error, not an empty list', async () => {
    const nothing = json([], 200, { 'x-sms-gateway-status': 'unavailable' });
    expect(await errorOf(prices(nothing))).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    const some = json([{ ...PRICE, rate: 1 }], 200, { 'x-sms-gateway-status': 'partial' });
    expect(await prices(some)).toHaveLength(1);
  });
});
