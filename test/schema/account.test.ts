import { describe, expect, it } from 'vitest';
import { openTestGateway } from '../support/open-test-gateway.ts';

describe('Query.balance', () => {
  it('shows the balance', async () => {
    const gateway = await openTestGateway();
    const { data } = await gateway.run('{ balance { amount currency isCreditBlocked isUnavailable } }');
    expect(data).toEqual({
      balance: { amount: '1250.50', currency: 'EUR', isCreditBlocked: false, isUnavailable: false },
    });
  });

  it('is null, not zero, when the provider does not know it', async () => {
    const gateway = await openTestGateway({ account: { gatewayState: 'unavailable' } });
    const { data } = await gateway.run('{ balance { amount isUnavailable unavailableReason } }');
    expect(data).toMatchObject({
      balance: { amount: null, isUnavailable: true, unavailableReason: expect.any(String) },
    });
  });

  it('needs a scope of its own', async () => {
    const gateway = await openTestGateway();
    const { data, errors } = await gateway.run(
      '{ balance { amount } viewer { scopes } }',
      {},
      { scopes: ['sms.read'] },
    );
    expect(data).toEqual({ balance: null, viewer: { scopes: ['sms.read'] } });
    expect(errors).toMatchObject([{ code: 'FORBIDDEN', message: 'This needs the scope balance.read.' }]);
  });
});

describe('Query.prices', () => {
  const FIELDS = 'mcc mnc dialCode country network rate previousRate startsAt endsAt change';
  interface Price {
    readonly dialCode: string;
    readonly country: string;
    readonly network: string;
    readonly mcc: string;
  }

  it('lists every network with exact rates', async () => {
    const gateway = await openTestGateway();
    const { data, errors } = await gateway.run(`{ prices { ${FIELDS} } }`);
    expect(errors).toEqual([]);
    const { prices } = data as { prices: (Price & { rate: string })[] };
    expect(prices.length).toBeGreaterThan(5);
    expect(prices.every((price) => /^\d+(\.\d+)?$/.test(price.rate))).toBe(true);
  });

  it('narrows by codes exactly and by names in part', async () => {
    const gateway = await openTestGateway();
    const { data: all } = await gateway.run(`{ prices { ${FIELDS} } }`);
    const [sample] = (all as { prices: Price[] }).prices;
    const { data } = await gateway.run(
      /* GraphQL */ `
        query ($dialCode: String, $name: String, $mcc: String) {
          byDialCode: prices(filter: { dialCode: $dialCode }) { dialCode }
          byName: prices(filter: { country: $name }) { country }
          byBoth: prices(filter: { mcc: $mcc, network: "no such network" }) { mcc }
        }
      `,
      { dialCode: `+${sample?.dialCode}`, name: sample?.country.slice(0, 4).toUpperCase(), mcc: sample?.mcc },
    );
    const { byDialCode, byName, byBoth } = data as Record<'byDialCode' | 'byName' | 'byBoth', Price[]>;
    expect(new Set(byDialCode.map((price) => price.dialCode))).toEqual(new Set([sample?.dialCode]));
    expect(byName.some((price) => price.country === sample?.country)).toBe(true);
    expect(byBoth).toEqual([]);
  });

  it('says so when the account is still being set up', async () => {
    const gateway = await openTestGateway({ account: { isInSetup: true } });
    const { data, errors } = await gateway.run('{ prices { mcc } payments { id } }');
    expect(data).toEqual({ prices: null, payments: null });
    expect(errors.map((error) => error.code)).toEqual(['UPSTREAM_REFUSED', 'UPSTREAM_REFUSED']);
  });
});

it('lists payments', async () => {
  const gateway = await openTestGateway();
  const { data, errors } = await gateway.run(
    '{ payments { id amount currency date type description source } }',
  );
  expect(errors).toEqual([]);
  const { payments } = data as { payments: Record<string, unknown>[] };
  expect(payments[0]).toMatchObject({
    id: expect.any(String),
    amount: expect.stringMatching(/^-?\d+(\.\d+)?$/),
    type: expect.stringMatching(/^(DEPOSIT|USAGE|ADJUSTMENT)$/),
    source: expect.stringMatching(/^(SMS_GATEWAY|PORTAL)$/),
  });
});

it('tells the viewer who they are, without a REST call', async () => {
  const gateway = await openTestGateway();
  const { data, calls } = await gateway.run(
    '{ viewer { subject workspace scopes isSandbox } }',
    {},
    { subject: null, scopes: [], isSandbox: true },
  );
  expect(data).toEqual({ viewer: { subject: null, workspace: 'main', scopes: [], isSandbox: true } });
  expect(calls).toBe(0);
});
