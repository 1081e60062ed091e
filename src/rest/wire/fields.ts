import { z } from 'zod';
import { type Decimal, parseDecimal } from '../../domain/decimal.ts';
import { parseInstant } from '../../domain/instant.ts';
import type { Instant } from '../../domain/message.ts';

// The building blocks of all wire schemas. What a row cannot do without is a plain z.string(); everything else reads as
// absent when it is null or of another type, so that one odd member never costs the row.

export const optionalText = z.string().nullish().catch(null);
/** A code that may come as a number. */
export const optionalCode = z.union([z.string(), z.number()]).nullish().catch(null);
/** A number that may come as its digits. */
export const count = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d+(\.\d+)?$/)
    .transform(Number),
]);
export const optionalNumber = count.nullish().catch(null);
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

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
