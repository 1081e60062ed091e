/** GSM-7 is the GSM 03.38 alphabet; UCS-2 is counted in UTF-16 code units. */
export const ENCODINGS = ['GSM_7', 'UCS_2'] as const;
export type Encoding = (typeof ENCODINGS)[number];
