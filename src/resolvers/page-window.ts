/** The provider serves at most so many rows a page (`limit`). */
export const MAX_PAGE_ROWS = 100;

/** Rows to spare for arrivals when only a few rows are wanted. */
const MIN_SPARE_ROWS = 25;

/** One page of the provider's list, by the offsets it covers: `start` to `start + limit - 1`. */
export interface PageWindow {
  readonly page: number;
  readonly limit: number;
  readonly start: number;
}

/** The page of `limit` rows that holds an offset. */
export const windowAt = (offset: number, limit: number): PageWindow => {
  const page = Math.floor(offset / limit);
  return { page: page + 1, limit, start: page * limit };
};

export interface Wanted {
  /** Where the last row seen is believed to lie; the rows behind it are wanted. */
  readonly anchorOffset: number;
  /** How many rows behind it. */
  readonly count: number;
  /** True when a page that starts right behind the anchor, without showing it, would do. */
  readonly mayHideAnchor: boolean;
  /** The most rows that a page can hold, as far as it is known. @default 100 */
  readonly maxRows?: number;
}

/**
 * The page to ask for. Offset pages start at multiples of their size only, so the size is chosen such that one page
 * holds the anchor and the rows wanted, with about as many rows again to spare where possible: new rows at the head push the
 * anchor down the page, and the spare saves a second call. Only where no size does it (close to 100 rows), the page shows
 * the anchor and as many rows behind it as can be.
 */
export function windowBehind(wanted: Wanted): PageWindow {
  const { anchorOffset, count, mayHideAnchor, maxRows = MAX_PAGE_ROWS } = wanted;
  const exact = mayHideAnchor ? windowStartingAt(anchorOffset + 1, count, maxRows) : null;
  return (
    exact ??
    smallestHolding(anchorOffset, anchorOffset + count + Math.max(count, MIN_SPARE_ROWS), maxRows) ??
    smallestHolding(anchorOffset, anchorOffset + count, maxRows) ??
    widestBehind(anchorOffset, maxRows)
  );
}

function windowStartingAt(offset: number, minLimit: number, maxRows: number): PageWindow | null {
  for (let limit = minLimit; limit <= maxRows; limit += 1) {
    if (offset % limit === 0) return windowAt(offset, limit);
  }
  return null;
}

function smallestHolding(from: number, to: number, maxRows: number): PageWindow | null {
  for (let limit = to - from + 1; limit <= maxRows; limit += 1) {
    const window = windowAt(from, limit);
    if (to < window.start + limit) return window;
  }
  return null;
}

function widestBehind(anchorOffset: number, maxRows: number): PageWindow {
  let best = windowAt(anchorOffset, maxRows);
  for (let limit = maxRows - 1; limit > 1; limit -= 1) {
    const window = windowAt(anchorOffset, limit);
    if (window.start + limit > best.start + best.limit) best = window;
  }
  return best;
}
