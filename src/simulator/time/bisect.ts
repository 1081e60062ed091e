/**
 * Index of the first item that the point is at or before; the length when all lie before it.
 *
 * @param items in order: those that `isReached` denies come before those it affirms
 */
export function bisect<Item>(items: readonly Item[], isReached: (item: Item) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item === undefined || isReached(item)) high = middle;
    else low = middle + 1;
  }
  return low;
}
