import { septetsOf } from './gsm7-alphabet.ts';
import { findStandIn } from './gsm7-stand-ins.ts';

/** A character that forces a text into UCS-2, and every place where it stands. */
export interface NonGsmCharacter {
  readonly character: string;
  /** `U+2019`. */
  readonly codePoint: string;
  /** UTF-16 code-unit offsets into the text, as `String.prototype.slice` takes them. */
  readonly offsets: readonly number[];
  /** GSM-7 text to write instead; empty: leave it out; null: nothing says the same. */
  readonly replacement: string | null;
}

/** The characters of a text outside GSM 03.38, by their first appearance; none means the text goes out as GSM-7. */
export function findNonGsmCharacters(text: string): readonly NonGsmCharacter[] {
  const offsetsByCharacter = new Map<string, number[]>();
  let offset = 0;
  for (const character of text) {
    if (septetsOf(character) === null) {
      const offsets = offsetsByCharacter.get(character);
      if (offsets === undefined) offsetsByCharacter.set(character, [offset]);
      else offsets.push(offset);
    }
    offset += character.length;
  }
  return Array.from(offsetsByCharacter, ([character, offsets]) => ({
    character,
    codePoint: formatCodePoint(character),
    offsets,
    replacement: findStandIn(character),
  }));
}

function formatCodePoint(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
  return `U+${hex.padStart(4, '0')}`;
}
