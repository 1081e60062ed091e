import { createHash } from 'node:crypto';
import type { KeyedSend, Told } from './keyed-sends.ts';
import { type Engine, openTwiceWorld, type TwiceWorld, type WorldSettings } from './twice-world.ts';

/** One way in which a person might be texted twice, or somebody be told what is not true. */
export interface TwiceCase {
  /** Number and letter, then what is done. */
  readonly name: string;
  readonly engines: readonly Engine[];
  readonly settings?: WorldSettings;
  /** @param expect notes what is wrong, in a few words, when it is not true */
  run(world: TwiceWorld, expect: (isTrue: boolean, problem: string) => void): Promise<void>;
}

export interface TwiceCounts {
  readonly keys: number;
  readonly POSTs: number;
  readonly accepted: number;
  readonly 'told SENT': number;
  /** Messages to a recipient beyond one for each key that asked for it. */
  readonly doubles: number;
  /** Keys that were told an id of a message that none of their requests made. */
  readonly 'wrongly told': number;
}

export interface TwiceVerdict {
  readonly counts: TwiceCounts;
  /** What the case expected beyond the counts, and did not find. */
  readonly problems: readonly string[];
  readonly isPassed: boolean;
}

/** Claims are given up by then, and what the history does not show was not sent. */
export const LONG_AFTER_MS = 15 * 60_000;

/** The send of a key: to a number and with a text of its own. */
export const sendOf = (key: string): KeyedSend => ({
  key,
  to: [`+4479${String(hashOf(key)).padStart(8, '0')}`],
  text: `Your parcel is on its way: ${key}.`,
  sender: 'MyApp',
});

const hashOf = (key: string): number =>
  createHash('sha256').update(key).digest().readUInt32BE(0) % 100_000_000;

export async function runTwiceCase(tried: TwiceCase, engine: Engine): Promise<TwiceVerdict> {
  const problems: string[] = [];
  const world = await openTwiceWorld(engine, tried.settings ?? {});
  try {
    await tried
      .run(world, (isTrue, problem) => {
        if (!isTrue) problems.push(problem);
      })
      .catch((error: unknown) => problems.push(error instanceof Error ? error.message : String(error)));
    const counts = countSends(world);
    const isPassed = problems.length === 0 && counts.doubles === 0 && counts['wrongly told'] === 0;
    return { counts, problems, isPassed };
  } finally {
    await world.close();
  }
}

export function countSends({ provider, book }: Pick<TwiceWorld, 'provider' | 'book'>): TwiceCounts {
  const keys = [...book.sends.keys()];
  const own = provider.history.accepted.filter(({ postIndex }) => postIndex !== null);
  return {
    keys: keys.length,
    POSTs: provider.posts.length,
    accepted: own.length,
    'told SENT': keys.filter((key) => book.told.get(key)?.some(({ code }) => code === 'SENT')).length,
    doubles: countDoubles(own, [...book.sends.values()]),
    'wrongly told': keys.filter((key) => book.told.get(key)?.some((told) => isWrong(key, told))).length,
  };

  function isWrong(key: string, { recipients }: Told): boolean {
    return recipients.some(({ messageId, recipient }) => {
      if (messageId === null) return false;
      const message = provider.history.accepted.find((candidate) => candidate.messageId === messageId);
      if (message === undefined || message.to !== recipient) return true;
      return book.ownerOf(message.postIndex) !== key;
    });
  }
}

function countDoubles(
  accepted: readonly { readonly to: string; readonly text: string }[],
  sends: readonly KeyedSend[],
): number {
  const counts = new Map<string, number>();
  const nameOf = (to: string, text: string) => JSON.stringify([to, text]);
  for (const { to, text } of accepted) counts.set(nameOf(to, text), (counts.get(nameOf(to, text)) ?? 0) + 1);
  for (const { to, text } of sends)
    for (const recipient of to)
      counts.set(nameOf(recipient, text), (counts.get(nameOf(recipient, text)) ?? 0) - 1);
  return [...counts.values()].reduce((sum, beyond) => sum + Math.max(0, beyond), 0);
}

/** `keys 1, POSTs 2, …: what is wrong; what else` */
export function lineOf({ counts, problems }: TwiceVerdict): string {
  const counted = Object.entries(counts)
    .map(([what, count]) => `${what} ${count}`)
    .join(', ');
  return problems.length === 0 ? counted : `${counted}: ${problems.join('; ')}`;
}
