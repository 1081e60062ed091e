import type { Anchor, PlacedRow } from './page-anchor.ts';
import { windowAt } from './page-window.ts';
import { type FoundPage, oldestOf, type PageReader } from './paged-list.ts';
import { rowsBehind } from './rows-behind.ts';

interface Found<Row> {
  readonly rows: readonly PlacedRow<Row>[];
  readonly page: FoundPage<Row>;
}

/**
 * Finds an anchor's place by time, newest first: the first page that reaches down to its instant, then along the rows of
 * that instant. Finds the place also when the anchor itself is gone.
 *
 * @param hintOffset where to start looking: the distance to the place costs calls, twice its logarithm
 */
export async function searchByInstant<Row>(
  pages: PageReader<Row>,
  anchor: Anchor,
  hintOffset: number,
): Promise<Found<Row>> {
  let page = await firstPageReaching(pages, anchor, pageNumberOf(hintOffset, pages.maxRows()));
  const rows = [...page.rows];
  for (;;) {
    const place = rowsBehind(rows, anchor);
    const oldest = oldestOf(page);
    const isDecided = place.isAnchorFound || page.isLast || (oldest !== null && oldest < anchor.at);
    if (isDecided) return { rows: place.rows, page };
    page = await readPage(pages, page.window.page + 1);
    rows.push(...newRows(page, rows));
  }
}

/** Rows may move down while they are read: what was read before is not read twice. */
function newRows<Row>(page: FoundPage<Row>, known: readonly PlacedRow<Row>[]): readonly PlacedRow<Row>[] {
  const knownIds = new Set(known.map((row) => row.rowId));
  return page.rows.filter((row) => !knownIds.has(row.rowId));
}

const pageNumberOf = (offset: number, maxRows: number): number => windowAt(offset, maxRows).page;

const readPage = <Row>(pages: PageReader<Row>, page: number): Promise<FoundPage<Row>> =>
  pages.read(windowAt((page - 1) * pages.maxRows(), pages.maxRows()), { isFresh: true });

/** The first page whose last row is as old as the anchor or older: doubling steps from the hint, then halving between. */
async function firstPageReaching<Row>(
  pages: PageReader<Row>,
  anchor: Anchor,
  hint: number,
): Promise<FoundPage<Row>> {
  let newer = 0; // a page all of whose rows are newer than the anchor; page 0 stands for "before the list"
  let reaching: FoundPage<Row> | null = null;
  let probe = hint;
  for (let stride = 1; ; stride *= 2) {
    const page = await readPage(pages, probe);
    if (isReaching(page, anchor)) reaching = page;
    else newer = probe;
    const first = reaching?.window.page ?? Number.POSITIVE_INFINITY;
    if (reaching !== null && first === newer + 1) return reaching;
    probe = nextProbe({ newer, first, stride, hint });
  }
}

interface Bounds {
  readonly newer: number;
  readonly first: number;
  readonly stride: number;
  readonly hint: number;
}

function nextProbe({ newer, first, stride, hint }: Bounds): number {
  if (first === Number.POSITIVE_INFINITY) return newer + stride;
  if (newer === 0 && first <= hint) return Math.max(1, first - stride);
  return Math.ceil((newer + first) / 2);
}

function isReaching<Row>(page: FoundPage<Row>, anchor: Anchor): boolean {
  const oldest = oldestOf(page);
  return page.isLast || (oldest !== null && oldest <= anchor.at);
}
