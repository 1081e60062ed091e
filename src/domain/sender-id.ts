import { isE164 } from './phone-number.ts';

/** 3 to 11 letters and digits, the first one a letter: what the provider takes as an alphanumeric sender ID. */
const ALPHANUMERIC_SENDER_ID = /^[A-Za-z][A-Za-z0-9]{2,10}$/;

/** True for an alphanumeric sender ID (`MyApp`) or a phone number (`+14155551234`). */
export const isSenderId = (value: string): boolean => ALPHANUMERIC_SENDER_ID.test(value) || isE164(value);
