import { isGsm7Text } from './gsm7-alphabet.ts';

/** Characters that sneak in from word processors and phones, by the GSM-7 text that says the same. */
const CHARACTERS_BY_STAND_IN: Readonly<Record<string, string>> = {
  "'": '\u2018\u2019\u201A\u201B\u2032\u2039\u203A\u02BC\u00B4`',
  '"': '\u201C\u201D\u201E\u201F\u2033\u00AB\u00BB',
  '-': '\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u00AF\u2022\u00B7',
  ' ': '\t\u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u202F\u205F\u3000',
  '\n': '\u0085\u2028\u2029\v',
  // Invisible: soft hyphen, zero-width spaces and joiners, direction marks, byte order mark.
  '': '\u00AD\u200B\u200C\u200D\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2060\uFEFF',
  '/': '\u2044\u2215',
  x: '\u00D7',
  '(c)': '\u00A9',
  '(R)': '\u00AE',
  c: '\u00E7',
  d: '\u00F0\u0111',
  D: '\u00D0\u0110',
  h: '\u0127',
  H: '\u0126',
  i: '\u0131',
  l: '\u0142',
  L: '\u0141',
  oe: '\u0153',
  OE: '\u0152',
  ss: '\u1E9E',
  t: '\u0167',
  T: '\u0166',
  th: '\u00FE',
  Th: '\u00DE',
};

const STAND_IN_BY_CHARACTER: ReadonlyMap<string, string> = new Map(
  Object.entries(CHARACTERS_BY_STAND_IN).flatMap(([standIn, characters]) =>
    Array.from(characters, (character) => [character, standIn] as const),
  ),
);

const ACCENTS = /[\u0300-\u036F]/g;

/**
 * What to write in GSM-7 instead of a character that is not in it: `’` → `'`, `…` → `...`, `ê` → `e`, and the empty string
 * for what cannot be seen. Null when nothing says the same (emoji, other scripts).
 */
export function findStandIn(character: string): string | null {
  const standIn = STAND_IN_BY_CHARACTER.get(character);
  if (standIn !== undefined) return standIn;
  // Compatibility decomposition takes letters apart from their accents, and ligatures into their letters.
  const plain = character.normalize('NFKD').replace(ACCENTS, '').replaceAll('\u2044', '/');
  return isGsm7Text(plain) ? plain : null;
}
