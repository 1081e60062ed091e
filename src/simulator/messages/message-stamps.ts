import type { SeededRandom } from '../chance/seeded-random.ts';

/** When a send was taken in, to the nanosecond: the recipients of one request share it, no two requests do. */
export interface MessageStamp {
  readonly atMs: number;
  readonly nanoseconds: bigint;
}

const NANOSECONDS_PER_MS = 1_000_000n;

/** Hands out stamps that only grow, also when the clock is set back or stands still. */
export function createStampSource(now: () => number, random: SeededRandom): () => MessageStamp {
  let last = 0n;
  return () => {
    const candidate = BigInt(Math.trunc(now())) * NANOSECONDS_PER_MS + BigInt(random.integer(0, 999_999));
    last = candidate > last ? candidate : last + 1n;
    return { atMs: Number(last / NANOSECONDS_PER_MS), nanoseconds: last };
  };
}

export const stampAt = (atMs: number, random: SeededRandom): MessageStamp => ({
  atMs,
  nanoseconds: BigInt(atMs) * NANOSECONDS_PER_MS + BigInt(random.integer(0, 999_999)),
});

const ID_HEX_DIGITS = 16;
const UUID_GROUPS = [8, 4, 4, 4, 12];

/** `api_{user}_{nanoseconds}_{16 hex}`. */
export const createMessageId = (userId: number, stamp: MessageStamp, random: SeededRandom): string =>
  `api_${userId}_${stamp.nanoseconds}_${random.hex(ID_HEX_DIGITS)}`;

/** An id as carriers give it: `6946d0f5-040b-106e-42c7-49026f2b5bc1`. */
export const createTelecomMessageId = (random: SeededRandom): string =>
  UUID_GROUPS.map((digits) => random.hex(digits)).join('-');
