import { type Anchor, anchorAt, type PlacedRow, wasSeen } from './page-anchor.ts';
import { searchByInstant } from './page-search.ts';
import { windowAt, windowBehind } from './page-window.ts';
import {
  createPageReader,
  type FoundPage,
  newestOf,
  oldestOf,
  type PagedList,
  type PageReader,
} from './paged-list.ts';
import { rowsBehind } from './rows-behind.ts';

export interface WalkedPage<Row> {
  readonly rows: readonly PlacedRow<Row>[];
  /** How many rows the list had at the last call. */
  readonly total: number;
}

/** Rows found right behind an anchor, and where to go on. */
interface Step<Row> {
  readonly rows: readonly PlacedRow<Row>[];
  readonly page: FoundPage<Row>;
}

/**
 * Reads the rows behind an anchor (from the head without one), so that a client who goes from page to page gets every
 * row that stays in the list exactly once, whatever arrives or leaves meanwhile: the place is the anchor's, wherever it
 * lies by now, never its offset.
 *
 * @param first how many rows are wanted, 1 to 100; fewer come only at the end of the list
 */
export async function walkPage<Row>(
  list: PagedList<Row>,
  after: Anchor | null,
  first: number,
): Promise<WalkedPage<Row>> {
  const pages = createPageReader(list);
  const walked: PlacedRow<Row>[] = [];
  let anchor = after;
  let headOffset = 0;
  for (;;) {
    const wanted = first - walked.length;
    const { rows, page } = await (anchor === null
      ? readHead(pages, headOffset, wanted)
      : // A page that came short shows that the list is moving: the next one has to show the anchor.
        readBehind(pages, anchor, { wanted, mayHideAnchor: list.isAppendOnly && walked.length === 0 }));
    walked.push(...rows.slice(0, wanted));
    if (walked.length === first || page.isLast) return { rows: walked, total: page.total };
    headOffset = page.window.start + page.window.limit;
    anchor = goOnFrom(anchorAt(walked, walked.length - 1, after), page);
  }
}

/** @param offset of the first row that was not read yet: not 0 when none of those before it made sense */
async function readHead<Row>(pages: PageReader<Row>, offset: number, wanted: number): Promise<Step<Row>> {
  const page = await pages.read(windowAt(offset, Math.min(wanted, pages.maxRows())));
  return { rows: page.rows, page };
}

async function readBehind<Row>(
  pages: PageReader<Row>,
  anchor: Anchor,
  { wanted, mayHideAnchor }: { readonly wanted: number; readonly mayHideAnchor: boolean },
): Promise<Step<Row>> {
  const place = { anchorOffset: anchor.offset, count: wanted, maxRows: pages.maxRows() };
  const page = await pages.read(windowBehind({ ...place, mayHideAnchor }));
  // From now on it is known how large a page can be: the next one lies where it is meant to.
  if (page.isClamped) return readBehind(pages, anchor, { wanted, mayHideAnchor });
  const rows = mayHideAnchor && startsBehind(page, anchor) ? page.rows : rowsWithin(page, anchor);
  if (rows !== null) return { rows, page };

  const growth = page.total - anchor.total;
  const movedOffset = Math.max(0, anchor.offset + growth);
  if (growth !== 0) {
    const moved = await pages.read(
      windowBehind({ ...place, anchorOffset: movedOffset, mayHideAnchor: false }),
      FRESH,
    );
    const movedRows = rowsWithin(moved, anchor);
    if (movedRows !== null) return { rows: movedRows, page: moved };
  }
  return searchByInstant(pages, anchor, movedOffset);
}

const FRESH = { isFresh: true } as const;

/**
 * True when the page starts right behind the anchor although it does not show it. Rows of an append-only list move down
 * only: an anchor that moved is in the page, or further down, and then the whole page is newer than it.
 */
function startsBehind<Row>(page: FoundPage<Row>, anchor: Anchor): boolean {
  if (page.window.start !== anchor.offset + 1) return false;
  if (page.rows.some((row) => wasSeen(anchor, row.rowId))) return false;
  const oldest = oldestOf(page);
  if (oldest === null) return page.total <= anchor.total;
  return oldest < anchor.at || (oldest === anchor.at && page.total === anchor.total);
}

/** The rows of this page behind the anchor; null when the page cannot tell where the anchor's place is. */
function rowsWithin<Row>(page: FoundPage<Row>, anchor: Anchor): readonly PlacedRow<Row>[] | null {
  const place = rowsBehind(page.rows, anchor);
  if (place.isAnchorFound) return place.rows;
  const newest = newestOf(page);
  const oldest = oldestOf(page);
  const startsBefore = page.window.start === 0 || (newest !== null && newest > anchor.at);
  const endsBehind = page.isLast || (oldest !== null && oldest < anchor.at);
  return startsBefore && endsBehind ? place.rows : null;
}

/** The next page of the provider starts where this one ended, even when no row of it was wanted. */
function goOnFrom<Row>(anchor: Anchor | null, { window, total }: FoundPage<Row>): Anchor | null {
  return anchor && { ...anchor, offset: window.start + window.limit - 1, total };
}
