import type { Balance, NetworkPrice, Payment } from '../../domain/account.ts';
import { UpstreamUnavailableError } from '../../domain/errors.ts';
import type { UpstreamArea } from '../../metrics.ts';
import { type CallScope, readCall, type UpstreamAnswer } from '../client/call.ts';
import { withReadErrors } from '../failures/read-errors.ts';
import { readBalance, readPayment, readPrice } from '../wire/account.ts';
import { onlyArrayIn } from '../wire/rows.ts';
import { cachedRead, type ProviderParts } from './provider-parts.ts';

/** `GET /user/balance`. */
export function fetchBalance(parts: ProviderParts, scope: CallScope): Promise<Balance> {
  const call = readCall('balance', '/user/balance');
  const read = (answer: UpstreamAnswer) => readBalance(answer.body, degradationOf(answer) === 'unavailable');
  return withReadErrors(() => cachedRead(parts, scope, call, { read }));
}

/** `GET /user/pricing`: the price of one segment to every network. */
export function fetchPrices(parts: ProviderParts, scope: CallScope): Promise<readonly NetworkPrice[]> {
  const call = readCall('pricing', '/user/pricing');
  const read = (answer: UpstreamAnswer) => readRows(parts, 'pricing', answer, readPrice);
  return withReadErrors(() => cachedRead({ ...parts, reads: parts.priceReads }, scope, call, { read }));
}

/** `GET /user/payments`. */
export function fetchPayments(parts: ProviderParts, scope: CallScope): Promise<readonly Payment[]> {
  const call = readCall('payments', '/user/payments');
  const read = (answer: UpstreamAnswer) => readRows(parts, 'payments', answer, readPayment);
  return withReadErrors(() => cachedRead(parts, scope, call, { read }));
}

function readRows<Row>(
  { rows, logger }: ProviderParts,
  area: UpstreamArea,
  answer: UpstreamAnswer,
  readRow: (row: unknown) => Row | null,
): readonly Row[] {
  const found = rows.read(area, onlyArrayIn(area, answer.body), readRow);
  const degradation = degradationOf(answer);
  if (degradation !== null) logger.warn({ area, degradation }, 'the provider answers from a degraded cache');
  // "No prices" would be a lie when the truth is that they could not be looked up.
  if (degradation === 'unavailable' && found.length === 0)
    throw new UpstreamUnavailableError('The provider cannot tell this at the moment.', true);
  return found;
}

/** A degraded answer keeps its 200; a header tells. */
function degradationOf({ headers }: UpstreamAnswer): 'partial' | 'unavailable' | null {
  const status = headers['x-sms-gateway-status'];
  return status === 'partial' || status === 'unavailable' ? status : null;
}
