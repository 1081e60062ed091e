import type { OperationContext } from '../context.ts';
import type { NetworkPrice } from '../domain/account.ts';

export interface PriceFilterInput {
  readonly mcc?: string | null | undefined;
  readonly mnc?: string | null | undefined;
  readonly dialCode?: string | null | undefined;
  readonly country?: string | null | undefined;
  readonly network?: string | null | undefined;
}

/** Prices by network, in the provider's order. */
export async function prices(
  { filter }: { readonly filter?: PriceFilterInput | null | undefined },
  context: OperationContext,
): Promise<readonly NetworkPrice[]> {
  const all = await context.provider.fetchPrices();
  return filter ? all.filter((price) => isWanted(price, filter)) : all;
}

const isWanted = (price: NetworkPrice, filter: PriceFilterInput): boolean =>
  isSame(price.mcc, filter.mcc) &&
  isSame(price.mnc, filter.mnc) &&
  isSame(price.dialCode, filter.dialCode?.replace('+', '')) &&
  isWithin(price.country, filter.country) &&
  isWithin(price.network, filter.network);

const isSame = (value: string, wanted: string | null | undefined): boolean => !wanted || value === wanted;

const isWithin = (value: string | null, wanted: string | null | undefined): boolean =>
  !wanted || (value ?? '').toLowerCase().includes(wanted.toLowerCase());
