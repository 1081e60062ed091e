import { maskPhoneNumber } from '../domain/phone-number.ts';

// `+447911123456`, `%2B447911123456`, `+44 7911 123456`, `+44 (0)7911-123456`
const PLUS_NUMBER = /(?:\+|%2B)[1-9](?:[ ().-]{0,2}\d){6,14}/gi;
// Digits alone, unless they are part of a longer word: message ids, log positions, JSON numbers.
const BARE_NUMBER = /(?<![\w.:+-])[1-9]\d{9,14}(?![\w.:-])/g;
const JWT = /\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*/g;
const PROVIDER_KEY = /\bsk_(?:prod|test)_\w+/g;
const UNSAFE_CHARACTER = /[\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Cleans one finished log line, whatever put its strings there: numbers are masked (`+4479•••••21`), keys and tokens are
 * taken out, and characters that steer terminals or break lines in some readers are escaped. The line stays valid JSON.
 *
 * @param secrets values that must never appear, such as the configured keys
 */
export function createLineCleaner(secrets: readonly string[]): (line: string) => string {
  const writtenSecrets = secrets.filter(isWorthHiding).map((secret) => JSON.stringify(secret).slice(1, -1));
  return (line) => {
    const withoutSecrets = writtenSecrets.reduce((text, secret) => text.replaceAll(secret, '[secret]'), line);
    return withoutSecrets
      .replace(JWT, '[token]')
      .replace(PROVIDER_KEY, '[key]')
      .replace(PLUS_NUMBER, maskWrittenNumber)
      .replace(QUOTED, (text) => text.replace(BARE_NUMBER, maskWrittenNumber))
      .replace(UNSAFE_CHARACTER, escapeCharacter);
  };
}

/** JSON numbers (times, sizes) are left alone: only what stands in quotes can be a caller's. */
const QUOTED = /"(?:[^"\\]|\\.)*"/g;

const SHORTEST_SECRET = 6; // shorter ones would blot out innocent words

const isWorthHiding = (secret: string): boolean => secret.length >= SHORTEST_SECRET;

const maskWrittenNumber = (written: string): string =>
  maskPhoneNumber(`+${written.replace(/%2B/i, '').replace(/\D/g, '')}`);

const escapeCharacter = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
