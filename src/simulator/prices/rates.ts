import { type Micros, parseMicros } from '../formats/money.ts';
import { NETWORKS, type Network } from './networks.ts';

/** What a segment costs to a number of a country that the price list does not hold. */
const UNLISTED_RATE = parseMicros('0.0500');

const NETWORKS_BY_DIAL_CODE = groupByDialCode();

function groupByDialCode(): ReadonlyMap<string, readonly Network[]> {
  const groups = new Map<string, Network[]>();
  for (const network of NETWORKS) {
    groups.set(network.dialCode, [...(groups.get(network.dialCode) ?? []), network]);
  }
  return groups;
}

const LONGEST_DIAL_CODE = Math.max(...NETWORKS.map((network) => network.dialCode.length));

function networksOf(recipient: string): readonly Network[] {
  const digits = recipient.slice(1);
  for (let length = LONGEST_DIAL_CODE; length > 0; length -= 1) {
    const networks = NETWORKS_BY_DIAL_CODE.get(digits.slice(0, length));
    if (networks !== undefined) return networks;
  }
  return [];
}

/** The price of one segment to a number: longest dial code first; which of a country's networks, the last digit says. */
export function rateOf(recipient: string): Micros {
  const networks = networksOf(recipient);
  const lastDigit = recipient.charCodeAt(recipient.length - 1) - '0'.charCodeAt(0);
  return networks[lastDigit % networks.length]?.rate ?? UNLISTED_RATE;
}
