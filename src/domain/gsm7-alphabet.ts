/**
 * The GSM 7-bit default alphabet (3GPP TS 23.038, section 6.2.1; the former GSM 03.38), in the order of its table. The escape
 * code 0x1B is left out: it is not a character.
 */
const BASIC_CHARACTERS =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ' +
  ' !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§' +
  '¿abcdefghijklmnopqrstuvwxyzäöñüà';

/** The extension table (section 6.2.1.1): each is written as the escape code and a second septet. */
const EXTENSION_CHARACTERS = '\f^{}\\[~]|€';

const SEPTETS_OF_BASIC = 1;
const SEPTETS_OF_EXTENSION = 2;

const SEPTETS_BY_CHARACTER: ReadonlyMap<string, number> = new Map([
  ...Array.from(BASIC_CHARACTERS, (character) => [character, SEPTETS_OF_BASIC] as const),
  ...Array.from(EXTENSION_CHARACTERS, (character) => [character, SEPTETS_OF_EXTENSION] as const),
]);

/** Septets a character takes in GSM-7: 1 or 2; null when the alphabet does not have it. */
export const septetsOf = (character: string): number | null => SEPTETS_BY_CHARACTER.get(character) ?? null;

const GSM7_TEXT = new RegExp(
  `^[${(BASIC_CHARACTERS + EXTENSION_CHARACTERS).replace(/[\\\]^-]/g, '\\$&')}]*$`,
);

export const isGsm7Text = (text: string): boolean => GSM7_TEXT.test(text);
