import { describe, expect, it } from 'vitest';
import { openTestGateway } from '../support/open-test-gateway.ts';

const MEASURE =
  'encoding segments units unitsLeft nonGsmCharacters { character codePoint offsets replacement }';

describe('Query.estimate', () => {
  it('measures without any upstream call', async () => {
    const gateway = await openTestGateway();
    const { data, calls } = await gateway.run(`{ estimate(text: "It’s 5 €") { ${MEASURE} cost currency } }`);
    expect(data).toEqual({
      estimate: {
        encoding: 'UCS_2',
        segments: 1,
        units: 8,
        unitsLeft: 62,
        nonGsmCharacters: [{ character: '’', codePoint: 'U+2019', offsets: [2], replacement: "'" }],
        cost: null,
        currency: null,
      },
    });
    expect(calls).toBe(0);
  });

  it('makes no upstream call either when recipients are given but no price is selected', async () => {
    const gateway = await openTestGateway();
    const { errors, calls } = await gateway.run(
      '{ estimate(text: "Hello", to: ["+447400123456"]) { segments } }',
    );
    expect(errors).toEqual([]);
    expect(calls).toBe(0);
  });

  it('prices the send with one call, and names the currency with another', async () => {
    const gateway = await openTestGateway();
    const { data, calls } = await gateway.run(
      '{ estimate(text: "Hello", to: ["+447400123456"]) { cost currency } }',
    );
    expect(data).toMatchObject({
      estimate: { cost: expect.stringMatching(/^0\.\d+$/), currency: 'EUR' },
    });
    expect(calls).toBe(2);
  });

  it('refuses a recipient that is no number, naming it', async () => {
    const gateway = await openTestGateway();
    const { errors, calls } = await gateway.run('{ estimate(text: "Hello", to: ["0790"]) { cost } }');
    expect(errors).toMatchObject([
      { code: 'BAD_USER_INPUT', message: expect.stringMatching(/^to\[0\] is not/) },
    ]);
    expect(calls).toBe(0);
  });

  it('shows the measure to whoever may not see prices', async () => {
    const gateway = await openTestGateway();
    const { data, errors } = await gateway.run(
      '{ estimate(text: "Hello", to: ["+447400123456"]) { segments cost currency } }',
      {},
      { scopes: ['sms.send'] },
    );
    expect(data).toEqual({ estimate: { segments: 1, cost: null, currency: null } });
    expect(errors.map(({ code, path }) => [code, path?.at(-1)])).toEqual([
      ['FORBIDDEN', 'cost'],
      ['FORBIDDEN', 'currency'],
    ]);
  });
});
