import type { SendSmsInput } from '../../src/resolvers/sends/validate-send.ts';

const FIRST_RECIPIENT = 447_400_000_000;

export const recipientOf = (number: number): string => `+${FIRST_RECIPIENT + number}`;

/** The send of a number: to a recipient of its own, the same text for all. */
export const numberedSend = (number: number): SendSmsInput => ({
  to: [recipientOf(number)],
  text: 'Your parcel is on its way.',
  sender: 'MyApp',
  idempotencyKey: `order-${number}`,
});
