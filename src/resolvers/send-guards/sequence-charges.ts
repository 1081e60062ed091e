import type { CounterCharge, Counters } from '../../store/store.ts';
import { type GuardedCharge, HOUR_MS } from './guarded-charge.ts';
import { guardKey } from './recipient-charges.ts';

export interface SequenceParts {
  readonly counters: Counters;
  readonly workspace: string;
  /** How many numbers make a run. */
  readonly runLength: number;
  readonly nowMs: number;
}

/** Refused whatever was counted before: a charge that holds it is a look, and changes nothing. */
const NEVER_CHARGED: CounterCharge = { key: 'look', windowMs: HOUR_MS, limit: 0, amount: 1 };

/**
 * Numbers that follow one another are how pumping looks, whether they come in one request or one by one. The number line is
 * laid out in windows of the run's length twice, half a window apart; a run of that length fills three quarters of one
 * of them, so as many different numbers within an hour are too many.
 *
 * @param to without the recipients that were sent to before in this hour: see `findNewRecipients`
 */
export function countSequences(
  to: readonly string[],
  { workspace, runLength }: SequenceParts,
): readonly GuardedCharge[] {
  const limit = Math.max(2, runLength - Math.ceil(runLength / 4)) - 1;
  const amounts = new Map<string, number>();
  for (const recipient of to)
    for (const window of windowsOf(Number(recipient.slice(1)), runLength))
      amounts.set(window, (amounts.get(window) ?? 0) + 1);
  return Array.from(amounts, ([window, amount]) => ({
    guard: 'sequence' as const,
    charge: { key: guardKey('sequence', workspace, window), windowMs: HOUR_MS, limit, amount },
    refusal: (wait: string) =>
      `The recipients are part of a run of numbers that follow one another. Try again in ${wait}.`,
  }));
}

function windowsOf(number: number, length: number): readonly string[] {
  const shift = Math.floor(length / 2);
  return [`${Math.floor(number / length)}`, `${Math.floor((number + shift) / length)}+`];
}

/**
 * The recipients that this workspace has not sent to in this hour. The same number again makes no run longer.
 *
 * @param recipientCharges of the guard `recipient`, one for each of `to`
 */
export async function findNewRecipients(
  to: readonly string[],
  recipientCharges: readonly CounterCharge[],
  { counters, nowMs }: SequenceParts,
): Promise<readonly string[]> {
  const looks = recipientCharges.map((charge) => ({ ...charge, limit: 0, amount: 0 }));
  const seen = await counters.charge([...looks, NEVER_CHARGED], nowMs);
  const seenIndexes = new Set(seen.isCharged ? [] : seen.exceeded.map(({ index }) => index));
  return to.filter((_recipient, index) => !seenIndexes.has(index));
}
