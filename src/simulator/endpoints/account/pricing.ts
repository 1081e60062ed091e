import { defineEndpoint, nothingToCheck } from '../../api/endpoint.ts';
import type { JsonValue } from '../../formats/json-text.ts';
import { costNumber } from '../../formats/money.ts';
import { DAY_MS, dottedDateTime, startOfDay } from '../../formats/timestamps.ts';
import { NETWORKS, type Network } from '../../prices/networks.ts';
import { answerRows } from './gateway-state.ts';

/** How the provider writes that a price has no end. */
const OPEN_END = '2100.01.01 00:00:00';

/** Prices hold since 36 days before the account was opened, at 22:15:29. */
const STARTED_BEFORE_MS = 36 * DAY_MS - ((22 * 60 + 15) * 60 + 29) * 1_000;

/** One country's prices end, and dearer ones follow, so that a reader has to look at the dates. */
const CHANGING_COUNTRY = 'Denmark';
const CHANGES_AFTER_MS = 20 * DAY_MS;

interface Validity {
  readonly startsAt: string;
  readonly endsAt: string;
}

function changeType({ rate, previousRate }: Pick<Network, 'rate' | 'previousRate'>): string {
  if (rate === previousRate) return 'Same';
  return rate > previousRate ? 'Increase' : 'Decrease';
}

const priceRow = (network: Network, { startsAt, endsAt }: Validity): JsonValue => ({
  mcc: network.mcc,
  mnc: network.mnc,
  mccmnc: `${network.mcc}${network.mnc}`,
  dialcode: network.dialCode,
  country: network.country,
  network: network.name,
  rate: costNumber(network.rate),
  prev_rate: costNumber(network.previousRate),
  rate_start_date: startsAt,
  rate_end_date: endsAt,
  change_type: changeType(network),
});

function rowsOf(network: Network, openedAtMs: number): readonly JsonValue[] {
  const today = startOfDay(openedAtMs);
  const startsAt = dottedDateTime(today - STARTED_BEFORE_MS);
  if (network.country !== CHANGING_COUNTRY) return [priceRow(network, { startsAt, endsAt: OPEN_END })];
  const changesAt = dottedDateTime(today + CHANGES_AFTER_MS);
  const successor = { ...network, rate: network.rate * 2, previousRate: network.rate };
  return [
    priceRow(network, { startsAt, endsAt: changesAt }),
    priceRow(successor, { startsAt: changesAt, endsAt: OPEN_END }),
  ];
}

const priceRows = (openedAtMs: number): readonly JsonValue[] =>
  NETWORKS.flatMap((network) => rowsOf(network, openedAtMs));

/** The price of a segment to every network: a bare array. */
export const pricingEndpoint = defineEndpoint<null>({
  method: 'GET',
  path: '/user/pricing',
  permission: 'pricing.read',
  check: nothingToCheck,
  answer: (call) => answerRows(call, priceRows(call.key.workspace.account.openedAtMs)),
});
