import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDecimals, compareDecimals, multiplyDecimal, parseDecimal } from '../../src/domain/decimal.ts';

describe('parseDecimal', () => {
  it.each([
    ['0.0085', '0.0085'],
    ['1250.50', '1250.50'],
    ['-3', '-3'],
    ['1e-7', '0.0000001'],
    ['12345678901234567890.123456789', '12345678901234567890.123456789'],
    [12.5, '12.5'],
  ])('keeps the digits of %s', (given, expected) => {
    expect(parseDecimal(given)).toBe(expected);
  });

  it.each(['', 'free', 'NaN', 'Infinity', '1,5', '0x10'])('refuses %j', (given) => {
    expect(parseDecimal(given)).toBeNull();
  });
});

describe('decimal arithmetic', () => {
  it('adds without the error of floats', () => {
    expect(addDecimals('0.1', '0.2')).toBe('0.3');
  });

  it('multiplies a price by a count of segments exactly', () => {
    expect(multiplyDecimal('0.0085', 3)).toBe('0.0255');
  });

  it('agrees with integer arithmetic on millionths', () => {
    const millionths = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n });
    const decimalOf = (value: bigint) => {
      const digits = (value < 0n ? -value : value).toString().padStart(7, '0');
      return `${value < 0n ? '-' : ''}${digits.slice(0, -6)}.${digits.slice(-6)}`;
    };
    fc.assert(
      fc.property(millionths, millionths, (left, right) => {
        const sum = addDecimals(decimalOf(left), decimalOf(right));
        expect(compareDecimals(sum, decimalOf(left + right))).toBe(0);
        expect(Math.sign(compareDecimals(decimalOf(left), decimalOf(right)))).toBe(
          left === right ? 0 : left < right ? -1 : 1,
        );
      }),
    );
  });
});
