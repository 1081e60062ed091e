import type { Encoding } from '../domain/segments.ts';
import { builder } from './builder.ts';

export const EncodingEnum = builder.enumType('Encoding', {
  description: 'How a text is encoded, which sets how many characters fit into a segment.',
  values: {
    GSM_7: {
      description: 'GSM 03.38: 160 characters in one segment, 153 in each of several. Provider: `GSM-7`.',
    },
    UCS_2: {
      description:
        'UTF-16 code units: 70 in one segment, 67 in each of several; any character outside GSM 03.38 forces it. Provider: `UCS-2`.',
    },
  } as const satisfies Record<Encoding, { description: string }>,
});
