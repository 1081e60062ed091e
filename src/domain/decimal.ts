import Big from 'big.js';

/** An exact decimal number as a string (`"0.0085"`), never a float: amounts of money, prices. */
export type Decimal = string;

const PLAIN_DECIMAL = /^-?\d+(\.\d+)?$/;

/** Digits with a point at most, as we write decimals: no exponent. */
export const isDecimal = (text: string): boolean => PLAIN_DECIMAL.test(text);

/** Reads digits as the provider sent them (`"0.0085"`, `"1e-7"`, `12.5`). Returns null for what is not a finite number. */
export function parseDecimal(value: string | number): Decimal | null {
  const text = String(value);
  if (isDecimal(text)) return text;
  try {
    return new Big(text).toFixed();
  } catch {
    return null;
  }
}

export const addDecimals = (left: Decimal, right: Decimal): Decimal => new Big(left).plus(right).toFixed();

export const multiplyDecimal = (amount: Decimal, factor: number): Decimal =>
  new Big(amount).times(factor).toFixed();

/** Negative when `left` is less, zero when equal, positive when greater. */
export const compareDecimals = (left: Decimal, right: Decimal): number => new Big(left).cmp(right);

const MILLIONTHS = 1_000_000;

/** As a whole number of millionths, rounded up: counters count in whole numbers. */
export const toMillionths = (amount: Decimal): number =>
  new Big(amount).times(MILLIONTHS).round(0, Big.roundUp).toNumber();
