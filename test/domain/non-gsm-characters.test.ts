import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isGsm7Text } from '../../src/domain/gsm7-alphabet.ts';
import { findNonGsmCharacters } from '../../src/domain/non-gsm-characters.ts';
import { measureText } from '../../src/domain/segments.ts';

describe('findNonGsmCharacters', () => {
  it('finds none in a GSM-7 text', () => {
    expect(findNonGsmCharacters('Hello {world} for 5 €!')).toEqual([]);
  });

  it('tells each character once, with every place and what to write instead', () => {
    expect(findNonGsmCharacters('It’s 😀 – it’s')).toEqual([
      { character: '’', codePoint: 'U+2019', offsets: [2, 12], replacement: "'" },
      { character: '😀', codePoint: 'U+1F600', offsets: [5], replacement: null },
      { character: '–', codePoint: 'U+2013', offsets: [8], replacement: '-' },
    ]);
  });

  it.each([
    ['“', '"'],
    ['…', '...'],
    ['\u00A0', ' '],
    ['\t', ' '],
    ['ê', 'e'],
    ['ç', 'c'],
    ['ł', 'l'],
    ['œ', 'oe'],
    ['½', '1/2'],
    ['™', 'TM'],
    ['\u200B', ''],
    ['й', null],
    ['漢', null],
    ['\uD83D', null],
  ])('offers for %j the stand-in %j', (character, replacement) => {
    expect(findNonGsmCharacters(character)).toMatchObject([{ character, replacement }]);
  });

  it('names offsets that slice the character out of the text, and leaves nothing unnamed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const found = findNonGsmCharacters(text);
        const places = found.flatMap(({ character, offsets }) =>
          offsets.map((offset) => ({ character, offset })),
        );
        for (const { character, offset } of places) {
          expect(text.slice(offset, offset + character.length)).toBe(character);
        }
        expect(places.length === 0).toBe(measureText(text).encoding === 'GSM_7');
        for (const { replacement } of found) expect(isGsm7Text(replacement ?? '')).toBe(true);
      }),
    );
  });
});
