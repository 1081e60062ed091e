import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isGsm7Text, septetsOf } from '../../src/domain/gsm7-alphabet.ts';
import { measureText } from '../../src/domain/segments.ts';

const latin = (length: number) => 'a'.repeat(length);

describe('measureText: the cases the provider documents', () => {
  it.each([
    ['160 Latin', latin(160), 'GSM_7', 1],
    ['161 Latin', latin(161), 'GSM_7', 2],
    ['306 Latin', latin(306), 'GSM_7', 2],
    ['307 Latin', latin(307), 'GSM_7', 3],
    ['50 characters with one emoji', `${latin(49)}😀`, 'UCS_2', 1],
    ['71 Cyrillic', 'ж'.repeat(71), 'UCS_2', 2],
    ['159 with one €', `${latin(158)}€`, 'GSM_7', 1],
    ['160 with one €', `${latin(159)}€`, 'GSM_7', 2],
    ['150 Latin plus one emoji', `${latin(150)}😀`, 'UCS_2', 3],
  ] as const)('%s', (_name, text, encoding, segments) => {
    expect(measureText(text)).toMatchObject({ encoding, segments });
  });
});

describe('measureText', () => {
  it('finds nothing to send in an empty text', () => {
    expect(measureText('')).toEqual({ encoding: 'GSM_7', segments: 0, units: 0, unitsLeft: 160 });
  });

  it.each(['€', '^', '{', '}', '[', ']', '\\', '~', '|', '\f'])(
    'counts the extension character %j as 2',
    (character) => {
      expect(measureText(character)).toEqual({ encoding: 'GSM_7', segments: 1, units: 2, unitsLeft: 158 });
    },
  );

  it.each(['’', '—', '\u00A0', 'ç', '`', '\t', '\u2126'])('is forced into UCS-2 by %j', (character) => {
    expect(measureText(character)).toEqual({ encoding: 'UCS_2', segments: 1, units: 1, unitsLeft: 69 });
  });

  it.each(['\n', '\r', 'Ω', 'Ç', 'ß', '¿', '§', '@'])('keeps %j in GSM-7 as one unit', (character) => {
    expect(measureText(character)).toMatchObject({ encoding: 'GSM_7', units: 1 });
  });

  it('does not split an extension character over two parts', () => {
    // 152 + € does not fit into the first part of 153: the septet before the € stays empty.
    const text = `${latin(152)}€${latin(152)}`;
    expect(measureText(text)).toEqual({ encoding: 'GSM_7', segments: 3, units: 306, unitsLeft: 152 });
  });

  it('does not split a surrogate pair over two parts', () => {
    const text = `${'ж'.repeat(66)}😀${'ж'.repeat(66)}`;
    expect(measureText(text)).toEqual({ encoding: 'UCS_2', segments: 3, units: 134, unitsLeft: 66 });
  });

  it('tells how many units still fit into the last of several parts', () => {
    expect(measureText(latin(161))).toMatchObject({ segments: 2, unitsLeft: 145 });
    expect(measureText('ж'.repeat(71))).toMatchObject({ segments: 2, unitsLeft: 63 });
  });
});

describe('measureText: properties', () => {
  const gsmText = fc.string({
    unit: fc.constantFrom('a', 'Z', '€', '{', ' ', 'é', '\n', '9'),
    maxLength: 700,
  });
  const anyText = fc.string({ unit: fc.constantFrom('a', 'ж', '😀', '’', '€', '漢'), maxLength: 400 });

  it('never needs fewer parts for a longer text', () => {
    fc.assert(
      fc.property(anyText, anyText, (head, tail) => {
        expect(measureText(head + tail).segments).toBeGreaterThanOrEqual(measureText(head).segments);
      }),
    );
  });

  it('fills parts without loss when no character is wide', () => {
    fc.assert(
      fc.property(fc.integer({ min: 161, max: 3_000 }), (length) => {
        expect(measureText(latin(length)).segments).toBe(Math.ceil(length / 153));
      }),
    );
  });

  it('wastes at most one unit of each part but the last', () => {
    fc.assert(
      fc.property(gsmText, anyText, (left, right) => {
        for (const text of [left, right]) {
          const { encoding, segments, units, unitsLeft } = measureText(text);
          const capacity = encoding === 'GSM_7' ? 153 : 67;
          if (segments < 2) continue;
          const wasted = segments * capacity - unitsLeft - units;
          expect(wasted).toBeGreaterThanOrEqual(0);
          expect(wasted).toBeLessThan(segments);
        }
      }),
    );
  });

  it('has room for exactly unitsLeft more narrow characters', () => {
    fc.assert(
      fc.property(gsmText, (text) => {
        fc.pre(text !== '');
        const { segments, unitsLeft } = measureText(text);
        expect(measureText(text + latin(unitsLeft)).segments).toBe(segments);
        expect(measureText(text + latin(unitsLeft + 1)).segments).toBe(segments + 1);
      }),
    );
  });
});

describe('the GSM-7 alphabet', () => {
  it('is told for a text as for each of its characters', () => {
    for (let unit = 0; unit <= 0xffff; unit += 1) {
      const character = String.fromCharCode(unit);
      if (isGsm7Text(`a${character}b`) !== (septetsOf(character) !== null))
        expect.unreachable(`U+${unit.toString(16)} is not told alike`);
    }
    expect(isGsm7Text('')).toBe(true);
  });
});
