/** Chance that repeats itself: the same seed gives the same draws. */
export interface SeededRandom {
  /** From 0 up to, not including, 1. */
  next(): number;
  /** A whole number; both ends may come. */
  integer(least: number, most: number): number;
  pick<Item>(items: readonly Item[]): Item;
  /** One of the items, as often as its weight says. */
  pickWeighted<Item>(items: readonly (readonly [item: Item, weight: number])[]): Item;
  /** Lower-case hexadecimal digits. */
  hex(length: number): string;
  /** An own sequence by name: what one part draws does not shift what another gets. */
  fork(name: string): SeededRandom;
}

/** FNV-1a: spreads a name over 32 bits. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

/** The mulberry32 generator: 32 bits of state, plenty for a simulation and useless for secrets. */
function createGenerator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function itemAt<Item>(items: readonly Item[], index: number): Item {
  const item = items[index];
  if (item === undefined) throw new RangeError('Nothing to draw from.');
  return item;
}

export function createSeededRandom(seed: number): SeededRandom {
  const next = createGenerator(seed);
  const integer = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));

  return {
    next,
    integer,
    pick: (items) => itemAt(items, integer(0, items.length - 1)),
    pickWeighted(items) {
      let left = next() * items.reduce((sum, [, weight]) => sum + weight, 0);
      const index = items.findIndex(([, weight]) => {
        left -= weight;
        return left < 0;
      });
      return itemAt(items, index < 0 ? items.length - 1 : index)[0];
    },
    hex: (length) => {
      let digits = '';
      while (digits.length < length) digits += integer(0, 0xffff_ffff).toString(16).padStart(8, '0');
      return digits.slice(0, length);
    },
    fork: (name) => createSeededRandom(hashText(`${seed}/${name}`)),
  };
}
