import type { SeededRandom } from './seeded-random.ts';

/** Numbers that the regulators keep for drama and documentation: nobody's telephone. */
interface FictionalBlock {
  readonly country: string;
  /** How much of the traffic goes there. */
  readonly weight: number;
  readonly prefixes: readonly string[];
  /** How many digits follow. */
  readonly freeDigits: number;
}

const BLOCKS: readonly FictionalBlock[] = [
  { country: 'GB', weight: 30, prefixes: ['+447700900'], freeDigits: 3 },
  { country: 'US', weight: 26, prefixes: ['+121255501', '+131255501', '+141555501'], freeDigits: 2 },
  { country: 'DE', weight: 14, prefixes: ['+4917139200', '+49176040690'], freeDigits: 2 },
  { country: 'FR', weight: 12, prefixes: ['+3363998'], freeDigits: 4 },
  { country: 'SE', weight: 7, prefixes: ['+4670174061', '+4670174062', '+4670174063'], freeDigits: 1 },
  { country: 'CA', weight: 6, prefixes: ['+141655501', '+151455501', '+160455501'], freeDigits: 2 },
  { country: 'AU', weight: 5, prefixes: ['+61491570110', '+61491570156', '+61491570157'], freeDigits: 0 },
];

const WEIGHTED_BLOCKS = BLOCKS.map((block) => [block, block.weight] as const);

export interface FictionalNumber {
  readonly recipient: string;
  readonly country: string;
}

export function drawNumber(random: SeededRandom): FictionalNumber {
  const { prefixes, freeDigits, country } = random.pickWeighted(WEIGHTED_BLOCKS);
  const tail = Array.from({ length: freeDigits }, () => random.integer(0, 9)).join('');
  return { recipient: `${random.pick(prefixes)}${tail}`, country };
}
