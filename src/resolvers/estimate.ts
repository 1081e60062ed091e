import type { OperationContext } from '../context.ts';
import { addDecimals, type Decimal, multiplyDecimal } from '../domain/decimal.ts';
import { BadUserInputError } from '../domain/errors.ts';
import { findNonGsmCharacters, type NonGsmCharacter } from '../domain/non-gsm-characters.ts';
import { createPriceList } from '../domain/price-list.ts';
import { measureText, type TextMeasure } from '../domain/segments.ts';
import { findRecipientProblems } from './recipient-problems.ts';

export interface EstimateInput {
  readonly text: string;
  /** Null when no price is wanted. */
  readonly to: readonly string[] | null;
}

export interface MessageEstimate extends TextMeasure {
  readonly nonGsmCharacters: readonly NonGsmCharacter[];
  readonly to: readonly string[] | null;
}

/**
 * What a text would be sent as. Makes no upstream call: prices are asked for by `estimateCost` alone.
 *
 * @throws BadUserInputError naming each member of `to` that cannot be sent to
 */
export function estimate({ text, to }: EstimateInput): MessageEstimate {
  const problems = to === null ? [] : findRecipientProblems(to, ['to']);
  if (problems.length > 0) throw new BadUserInputError(problems.map(({ message }) => message).join(' '));
  return { ...measureText(text), nonGsmCharacters: findNonGsmCharacters(text), to };
}

/**
 * The sum over the recipients of price times segments, at most: of several networks under one dial code the dearest
 * counts. Null when no recipients were given, or when the price of one of them is not known. One REST call.
 */
export async function estimateCost(
  { to, segments }: MessageEstimate,
  { provider, clock }: OperationContext,
): Promise<Decimal | null> {
  if (to === null) return null;
  const prices = createPriceList(await provider.fetchPrices(), clock.now());
  const rates = to.map((recipient) => prices.rateOf(recipient));
  return rates.reduce<Decimal | null>(
    (sum, rate) => (sum === null || rate === null ? null : addDecimals(sum, multiplyDecimal(rate, segments))),
    '0',
  );
}

/** The currency of the cost: prices do not name it, the balance does. Null without recipients. One REST call. */
export async function estimateCurrency(
  { to }: MessageEstimate,
  { provider }: OperationContext,
): Promise<string | null> {
  return to === null ? null : (await provider.fetchBalance()).currency;
}
