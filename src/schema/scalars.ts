import { hasDateForm } from '../domain/date-range.ts';
import { isDecimal } from '../domain/decimal.ts';
import { BadUserInputError } from '../domain/errors.ts';
import { parseInstant } from '../domain/instant.ts';
import { isE164 } from '../domain/phone-number.ts';
import { builder } from './builder.ts';

/** What the provider writes in other ways as well (`parseInstant`), callers write in this one. */
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
const ALPHA_2 = /^[A-Za-z]{2}$/;

/** Reads an input string of the given form; the thrown sentence reaches the caller behind GraphQL's own words, which say where. */
const readerOf = (isForm: (text: string) => boolean, expectation: string) => (value: unknown) => {
  if (typeof value !== 'string' || !isForm(value)) throw new BadUserInputError(expectation);
  return value;
};

const INSTANT_EXPECTED = 'Write an instant that exists, like 2026-02-13T10:30:04Z.';
const readInstant = readerOf((text) => INSTANT.test(text), INSTANT_EXPECTED);
const readCountry = readerOf((text) => ALPHA_2.test(text), 'Write a country as two letters like GB.');

// Outputs are domain values, checked where they were read: they pass as they are, which keeps pages fast.

builder.scalarType('DateTime', {
  description: 'An instant in UTC as ISO 8601, such as `2026-02-13T10:30:04.000Z`.',
  specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time',
  serialize: (value) => value,
  parseValue: (value) => {
    const instant = parseInstant(readInstant(value));
    if (instant === null) throw new BadUserInputError(INSTANT_EXPECTED);
    return instant;
  },
});

builder.scalarType('Date', {
  description: 'A calendar day in UTC, such as `2026-02-13`.',
  specifiedByURL: 'https://datatracker.ietf.org/doc/html/rfc3339#section-5.6',
  serialize: (value) => value,
  // Whether the day exists is checked where it is used, so that the answer can name the field.
  parseValue: readerOf(hasDateForm, 'Write a day like 2026-02-13.'),
});

builder.scalarType('Decimal', {
  description:
    'An exact decimal number as a string, such as `"0.0085"`; never a float. Money is in the account currency.',
  serialize: (value) => value,
  parseValue: readerOf(isDecimal, 'Write a decimal number as a string like "0.0085".'),
});

builder.scalarType('PhoneNumber', {
  description: 'A phone number (MSISDN) in E.164 with its plus sign, such as `+447911123456`.',
  specifiedByURL: 'https://www.itu.int/rec/T-REC-E.164',
  serialize: (value) => value,
  parseValue: readerOf(isE164, 'Write a number in E.164 like +447911123456.'),
});

builder.scalarType('CountryCode', {
  description: 'A country as ISO 3166-1 alpha-2, such as `GB`.',
  specifiedByURL: 'https://www.iso.org/iso-3166-country-codes.html',
  serialize: (value) => value,
  parseValue: (value) => readCountry(value).toUpperCase(),
});
