import { defineEndpoint, nothingToCheck } from '../../api/endpoint.ts';
import type { JsonValue } from '../../formats/json-text.ts';
import { amountNumber, parseMicros } from '../../formats/money.ts';
import { DAY_MS, isoSeconds, startOfDay } from '../../formats/timestamps.ts';
import { answerRows } from './gateway-state.ts';

/** The last month of an account, newest first: number, days ago, amount, type, source, description. */
const PAYMENTS = `
12345 3 500.00 deposit sms_gateway Bank transfer
12344 7 -18.42 usage sms_gateway Messages of the week
12343 14 -21.07 usage sms_gateway Messages of the week
12342 16 2.50 adjustment portal Credit note
12341 21 -16.90 usage sms_gateway Messages of the week
12340 28 -19.55 usage sms_gateway Messages of the week
12339 33 1000.00 deposit portal Card payment
`;

const TIME_OF_DAY_MS = (14 * 60 + 30) * 60_000;

function paymentRow(line: string, openedAtMs: number, currency: string): JsonValue {
  const [number, daysAgo, amount = '', type = '', source = '', ...description] = line.split(' ');
  return {
    id: `${source}_S${number}`,
    amount: amountNumber(parseMicros(amount)),
    currency,
    date: isoSeconds(startOfDay(openedAtMs) - Number(daysAgo) * DAY_MS + TIME_OF_DAY_MS),
    type,
    description: description.join(' '),
    source,
  };
}

const paymentRows = (openedAtMs: number, currency: string): readonly JsonValue[] =>
  PAYMENTS.trim()
    .split('\n')
    .map((line) => paymentRow(line, openedAtMs, currency));

/** Deposits, usage and adjustments, newest first: a bare array. */
export const paymentsEndpoint = defineEndpoint<null>({
  method: 'GET',
  path: '/user/payments',
  permission: 'payments.read',
  check: nothingToCheck,
  answer(call) {
    const { openedAtMs, currency } = call.key.workspace.account;
    return answerRows(call, paymentRows(openedAtMs, currency));
  },
});
