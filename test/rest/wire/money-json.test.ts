import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareDecimals } from '../../../src/domain/decimal.ts';
import { moneyIn } from '../../../src/rest/wire/fields.ts';
import { parseHistoryJson, parseMoneyJson } from '../../../src/rest/wire/money-json.ts';

const MONEY_KEYS = [
  'cost',
  'total_cost',
  'avg_cost_per_msg',
  'balance',
  'estimated_cost',
  'rate',
  'prev_rate',
  'amount',
];
const isMoneyKey = (key: string) => MONEY_KEYS.includes(key);

/** The same value with numbers under money keys as their digits. */
function withMoneyAsText(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withMoneyAsText);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([key, member]) => [
    key,
    isMoneyKey(key) && typeof member === 'number' ? JSON.stringify(member) : withMoneyAsText(member),
  ]);
  return Object.fromEntries(members);
}

// Texts that look as much like JSON as a text can.
const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom('"', '\\', ':', ' ', '{', '}', ',', '\n', '1', '0.5', '"cost":1', '"rate": -2', '\\"'),
      fc.constantFrom(...MONEY_KEYS),
      fc.string({ maxLength: 3 }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));
const key = fc.oneof(fc.constantFrom(...MONEY_KEYS), nasty).filter((name) => name !== '__proto__');
const { document } = fc.letrec((tie) => ({
  document: fc.oneof(
    { maxDepth: 4 },
    nasty,
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Object.is(number, -0)),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('document'), { maxLength: 4 }),
    fc.dictionary(key, tie('document'), { maxKeys: 5, noNullPrototype: true }),
  ),
}));

describe('money in JSON', () => {
  it('keeps the digits that were sent', () => {
    expect(parseMoneyJson('{"cost":0.10000000000000000001,"balance" : -12.50,"rate":1E-7,"n":0.5}')).toEqual({
      cost: '0.10000000000000000001',
      balance: '-12.50',
      rate: '1E-7',
      n: 0.5,
    });
  });

  it('leaves texts alone that look like members', () => {
    const text = 'pay "cost": 5 or {"rate":1}';
    expect(parseMoneyJson(JSON.stringify({ message: text, cost: 1 }))).toEqual({ message: text, cost: '1' });
  });

  it('leaves a key alone that only ends like one', () => {
    expect(parseMoneyJson('{"x\\"cost": 5, "total_cost": null, "xcost": 5}')).toEqual({
      'x"cost': 5,
      total_cost: null,
      xcost: 5,
    });
  });

  it('changes nothing but numbers under money keys, in any document and any layout', () => {
    fc.assert(
      fc.property(document, fc.constantFrom(undefined, 1, '\t'), (value, layout) => {
        expect(parseMoneyJson(JSON.stringify(value, null, layout))).toEqual(withMoneyAsText(value));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('money in the histories', () => {
  const costIn = (json: string) => moneyIn((parseHistoryJson(json) as { cost: unknown }).cost);

  it.each([
    '0.0085',
    '0.1000',
    '-12.50',
    '0',
    '0.000000000000001',
    '999999999999999',
    '0.10000000000000000001',
    '12345678901234567890.12345',
    '9007199254740993',
    '1E-7',
    '1.5e30',
    '4.9406564584124654e-324',
    '1e400',
  ])('keeps the value of %s', (digits) => {
    for (const written of [`{"cost":${digits}}`, `{ "text": "1", "cost" :\n ${digits} }`])
      expect(compareDecimals(costIn(written) ?? 'none', digits)).toBe(0);
  });

  it('keeps the value of any amount', () => {
    const digit = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 24 });
    const amount = fc.tuple(
      fc.constantFrom('', '-'),
      digit,
      fc.option(digit),
      fc.option(fc.integer({ min: -9, max: 9 })),
    );
    fc.assert(
      fc.property(amount, ([sign, whole, fraction, exponent]) => {
        const digits = `${sign}${whole.replace(/^0+(?=\d)/, '')}${fraction === null ? '' : `.${fraction}`}${exponent === null ? '' : `e${exponent}`}`;
        expect(compareDecimals(costIn(`{"cost":${digits}}`) ?? 'none', digits)).toBe(0);
      }),
      { numRuns: 2000 },
    );
  });
});
