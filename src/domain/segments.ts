import { isGsm7Text, septetsOf } from './gsm7-alphabet.ts';

/** GSM-7 is the GSM 03.38 alphabet; UCS-2 is counted in UTF-16 code units. */
export const ENCODINGS = ['GSM_7', 'UCS_2'] as const;
export type Encoding = (typeof ENCODINGS)[number];

interface PartCapacity {
  /** Units that fit when the text is one part. */
  readonly single: number;
  /** Units that fit into each of several parts. */
  readonly multi: number;
}

/** An SMS carries 140 octets (3GPP TS 23.040); of several parts, each gives 6 octets to the concatenation header. */
const CAPACITY = {
  GSM_7: {
    single: 160, // 140 octets are 160 septets
    multi: 153, // less the 7 septets that hold the header
  },
  UCS_2: {
    single: 70, // 140 octets, 2 a unit
    multi: 67, // less the 3 units that hold the header
  },
} as const satisfies Record<Encoding, PartCapacity>;

export interface TextMeasure {
  readonly encoding: Encoding;
  /** Parts the text is sent (and billed) as; 0 for the empty text, of which nothing can be sent. */
  readonly segments: number;
  /** Septets in GSM-7 (an extension character takes 2), UTF-16 code units in UCS-2. */
  readonly units: number;
  /** Units that still fit into the last part. */
  readonly unitsLeft: number;
}

/**
 * Measures a text as the provider bills it. One character outside GSM 03.38 turns the whole text into UCS-2. Neither an
 * extension character nor a surrogate pair is split over two parts, so parts are really packed, not divided.
 */
export function measureText(text: string): TextMeasure {
  const encoding: Encoding = isGsm7Text(text) ? 'GSM_7' : 'UCS_2';
  const capacity = CAPACITY[encoding];
  const widths = widthsOf(text, encoding);
  const units = widths.reduce((sum, width) => sum + width, 0);
  if (units === 0) return { encoding, segments: 0, units, unitsLeft: capacity.single };
  if (units <= capacity.single) return { encoding, segments: 1, units, unitsLeft: capacity.single - units };
  return { encoding, units, ...packParts(widths, capacity.multi) };
}

function widthsOf(text: string, encoding: Encoding): readonly number[] {
  const widthOf = (character: string) =>
    encoding === 'GSM_7' ? (septetsOf(character) ?? character.length) : character.length;
  return Array.from(text, widthOf); // by code points: a surrogate pair is one character of 2 units
}

function packParts(widths: readonly number[], capacity: number): Pick<TextMeasure, 'segments' | 'unitsLeft'> {
  let segments = 1;
  let unitsLeft = capacity;
  for (const width of widths) {
    if (width > unitsLeft) {
      segments += 1;
      unitsLeft = capacity;
    }
    unitsLeft -= width;
  }
  return { segments, unitsLeft };
}
