import { type ExactNumber, exactNumber } from './json-text.ts';

/** Money in millionths of the account's currency: whole numbers, so that sums are exact. */
export type Micros = number;

const MICROS_PER_UNIT = 1_000_000;
const MICRO_DIGITS = 6;

/** Reads a decimal such as `0.0085`. */
export function parseMicros(decimal: string): Micros {
  const micros = Math.round(Number(decimal) * MICROS_PER_UNIT);
  if (!Number.isSafeInteger(micros)) throw new RangeError('Not an amount of money.');
  return micros;
}

/** All digits that matter, and at least `leastDecimals` of them: 8500 with 4 is `0.0085`, 1250500000 with 2 is `1250.50`. */
export function formatMicros(micros: Micros, leastDecimals: number): string {
  const digits = String(Math.abs(micros)).padStart(MICRO_DIGITS + 1, '0');
  const whole = digits.slice(0, -MICRO_DIGITS);
  const fraction = digits.slice(-MICRO_DIGITS).replace(/0+$/, '').padEnd(leastDecimals, '0');
  const sign = micros < 0 ? '-' : '';
  return fraction === '' ? `${sign}${whole}` : `${sign}${whole}.${fraction}`;
}

/** An amount as the account endpoints show it: `1250.50`. */
export const amountNumber = (micros: Micros): ExactNumber => exactNumber(formatMicros(micros, 2));

/** The price of a segment or the cost of a message: `0.0085`, `0.0080`. */
export const costNumber = (micros: Micros): ExactNumber => exactNumber(formatMicros(micros, 4));

/** A figure of the statistics, rounded to a fixed number of decimals: `96.00`. */
export const roundedNumber = (value: number, decimals: number): ExactNumber => {
  const scale = 10 ** decimals;
  return exactNumber((Math.round(value * scale) / scale).toFixed(decimals));
};

/** Money of the statistics: rounded, halves up. */
export function roundedMicros(micros: Micros, decimals: number): ExactNumber {
  const step = 10 ** (MICRO_DIGITS - decimals);
  return exactNumber((Math.round(micros / step) / 10 ** decimals).toFixed(decimals));
}
