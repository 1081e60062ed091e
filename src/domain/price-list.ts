import type { NetworkPrice } from './account.ts';
import { compareDecimals, type Decimal } from './decimal.ts';

/** What one segment costs, by recipient. */
export interface PriceList {
  /** The price of one segment to an E.164 number; null when no price covers it. */
  rateOf(e164: string): Decimal | null;
}

/**
 * Reads the provider's prices by dial code, longest prefix first. The number alone does not tell the network (numbers are
 * ported), so of several networks under one dial code the dearest counts: the cost is an upper bound.
 *
 * @param nowMs prices that are not in force at this instant are left out
 */
export function createPriceList(prices: readonly NetworkPrice[], nowMs: number): PriceList {
  const rates = new Map<string, Decimal>();
  for (const price of prices) {
    if (!isInForce(price, nowMs)) continue;
    const known = rates.get(price.dialCode);
    if (known === undefined || compareDecimals(price.rate, known) > 0) rates.set(price.dialCode, price.rate);
  }
  const longest = Math.max(0, ...Array.from(rates.keys(), (dialCode) => dialCode.length));

  return {
    rateOf(e164) {
      const digits = e164.replace('+', '');
      for (let length = Math.min(longest, digits.length); length > 0; length -= 1) {
        const rate = rates.get(digits.slice(0, length));
        if (rate !== undefined) return rate;
      }
      return null;
    },
  };
}

function isInForce(price: NetworkPrice, nowMs: number): boolean {
  const hasStarted = price.startsAt === null || Date.parse(price.startsAt) <= nowMs;
  return hasStarted && (price.endsAt === null || nowMs < Date.parse(price.endsAt));
}
