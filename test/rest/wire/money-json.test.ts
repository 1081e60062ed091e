import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMoneyJson } from '../../../src/rest/wire/money-json.ts';

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
