import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { LRUCache } from 'lru-cache';

/**
 * ITU-T E.164 allows at most 15 digits and no leading zero. It names no least length; the shortest numbers in use (Niue,
 * Tokelau) have 7 digits with their country code.
 */
const E164 = /^\+[1-9]\d{6,14}$/;

/** True for the written form the provider takes: `+447911123456`. It does not say that the number exists. */
export const isE164 = (value: string): boolean => E164.test(value);

/** The digits of a number with its country code, which may be written `+44…`, `44…` or `0044…`. */
export const digitsOf = (number: string): string => number.replace(/\D/g, '').replace(/^00/, '');

/** Whether two ways to write a number mean the same one. */
export const isSameNumber = (left: string, right: string): boolean =>
  left === right || digitsOf(left) === digitsOf(right);

const UNKNOWN_COUNTRY = '';
const MAX_CACHED_COUNTRIES = 10_000;

// A memo of a pure function: reading the numbering plans costs some 20 µs, and pages repeat their recipients.
const countries = new LRUCache<string, string>({ max: MAX_CACHED_COUNTRIES });

/**
 * The country of an E.164 number as ISO 3166-1 alpha-2, by the numbering plans: `+447624123456` → `IM`. A number that no plan
 * places (a reserved range of +1, say) belongs to the main country of its calling code. Null for calling codes of no
 * country (satellites, international networks) and for what is not a number.
 */
export function countryOf(e164: string): string | null {
  const cached = countries.get(e164);
  if (cached !== undefined) return cached === UNKNOWN_COUNTRY ? null : cached;
  const country = isE164(e164) ? findCountry(e164) : null;
  countries.set(e164, country ?? UNKNOWN_COUNTRY);
  return country;
}

function findCountry(e164: string): string | null {
  const phoneNumber = parsePhoneNumberFromString(e164);
  return phoneNumber?.country ?? phoneNumber?.getPossibleCountries()[0] ?? null;
}

const HIDDEN = '•••••';
const SHOWN_HEAD = '+4479'.length;
const SHOWN_TAIL = 2;

/** A number as logs may show it: `+4479•••••21`. The dots do not tell how many digits they hide. */
export const maskPhoneNumber = (e164: string): string =>
  isE164(e164) ? `${e164.slice(0, SHOWN_HEAD)}${HIDDEN}${e164.slice(-SHOWN_TAIL)}` : HIDDEN;
