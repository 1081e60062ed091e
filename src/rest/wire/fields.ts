import { z } from 'zod';
import { type Decimal, parseDecimal } from '../../domain/decimal.ts';
import { parseInstant } from '../../domain/instant.ts';
import type { Instant } from '../../domain/message.ts';

// The building blocks of all wire schemas. What a row cannot do without is a plain z.string(); everything else reads as
// absent when it is null or of another type, so that one odd member never costs the row. The histories, whose rows come by the
// hundred, are read by hand; the functions for them stand below.

const DIGITS = /^-?\d+(\.\d+)?$/;

export const optionalText = z.string().nullish().catch(null);
/** A code that may come as a number. */
export const optionalCode = z.union([z.string(), z.number()]).nullish().catch(null);
/** A number that may come as its digits. */
export const optionalNumber = z
  .union([z.number(), z.string().regex(DIGITS).transform(Number)])
  .nullish()
  .catch(null);
export const optionalFlag = z.boolean().nullish().catch(null);
/** Money comes out of `parseMoneyJson` as its digits. */
export const optionalMoney = z.string().nullish().catch(null);

type Optional<Value> = Value | null | undefined;

export const toText = (value: Optional<string | number>): string | null => {
  if (value === null || value === undefined || value === '') return null;
  return String(value);
};

export const toDecimal = (value: Optional<string>): Decimal | null =>
  value === null || value === undefined ? null : parseDecimal(value);

export const toInstantOrNull = (value: Optional<string>): Instant | null =>
  value === null || value === undefined ? null : parseInstant(value);

/** The provider's word for something as our name for it; words that this version does not know have a name too. */
export const nameOf = <Name extends string | null>(
  value: Optional<string>,
  names: Readonly<Record<string, Name>>,
  otherwise: Name,
): Name => {
  const word = value?.toLowerCase() ?? '';
  return Object.hasOwn(names, word) ? (names[word] ?? otherwise) : otherwise;
};

export const textIn = (value: unknown): string | null => (typeof value === 'string' ? value : null);
/** A text that says something. */
export const filledIn = (value: unknown): string | null => textIn(value) || null;
export const flagIn = (value: unknown): boolean | null => (typeof value === 'boolean' ? value : null);
export const instantIn = (value: unknown): Instant | null =>
  typeof value === 'string' ? parseInstant(value) : null;
export const codeIn = (value: unknown): string | null =>
  typeof value === 'number' ? String(value) : filledIn(value);
export const countIn = (value: unknown): number | null => {
  const count = typeof value === 'string' && DIGITS.test(value) ? Number(value) : value;
  return typeof count === 'number' && Number.isFinite(count) ? count : null;
};
/** Digits, or a number that `parseHistoryJson` left because its digits are all there. */
export const moneyIn = (value: unknown): Decimal | null =>
  typeof value === 'string' || typeof value === 'number' ? parseDecimal(value) : null;

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
