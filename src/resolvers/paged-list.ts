import { UpstreamUnavailableError } from '../domain/errors.ts';
import type { OffsetPage } from '../domain/list-query.ts';
import type { Instant } from '../domain/message.ts';
import type { PageRequest } from '../rest/provider-session.ts';
import { type PlacedRow, type SortInstant, sortInstant } from './page-anchor.ts';
import { MAX_PAGE_ROWS, type PageWindow } from './page-window.ts';

/** A list that the provider serves in offset pages, newest first, while new rows arrive at its head. */
export interface PagedList<Row> {
  readonly fetch: (request: PageRequest) => Promise<OffsetPage<Row>>;
  readonly idOf: (row: Row) => string;
  readonly instantOf: (row: Row) => Instant | null;
  /** True when rows only enter at the head and leave at the tail; false when a filter on the status moves them in and out. */
  readonly isAppendOnly: boolean;
}

/** A page as it was found: where it lies, and how long the list was. */
export interface FoundPage<Row> {
  readonly rows: readonly PlacedRow<Row>[];
  readonly window: PageWindow;
  readonly total: number;
  /** True when no row lies behind it. */
  readonly isLast: boolean;
  /** True when the provider serves smaller pages than this one was to be: it lies elsewhere than meant. */
  readonly isClamped: boolean;
}

/** Fetches pages for one page of a connection, within a bounded number of calls. */
export interface PageReader<Row> {
  read(window: PageWindow, options?: { readonly isFresh: boolean }): Promise<FoundPage<Row>>;
  /** The most rows that a page holds, as far as the pages read so far tell. */
  maxRows(): number;
}

/**
 * How many calls one page of a connection may take. One or two is usual; the rest is for lists of which many rows moved
 * at once: each call doubles the distance searched.
 */
export const MAX_CALLS_PER_PAGE = 16;

export function createPageReader<Row>(list: PagedList<Row>): PageReader<Row> {
  let callsLeft = MAX_CALLS_PER_PAGE;
  let maxRows = MAX_PAGE_ROWS;
  return {
    async read(window, { isFresh } = { isFresh: false }) {
      if (callsLeft === 0)
        throw new UpstreamUnavailableError('The list changes faster than it can be read.', true);
      callsLeft -= 1;
      const { page, limit } = window;
      const found = place(list, window, await list.fetch({ page, limit, isFresh }));
      if (found.isClamped) maxRows = Math.min(maxRows, found.window.limit);
      return found;
    },
    maxRows: () => maxRows,
  };
}

function place<Row>(
  list: PagedList<Row>,
  asked: PageWindow,
  { rows, total, served, limit }: OffsetPage<Row>,
): FoundPage<Row> {
  const isClamped = limit < asked.limit;
  const window = isClamped ? { page: asked.page, limit, start: (asked.page - 1) * limit } : asked;
  const lastOffset = Math.min(window.start + window.limit, total) - 1;
  return {
    window,
    total,
    isLast: served === 0 || window.start + window.limit >= total,
    isClamped,
    rows: rows.map((row, index) => ({
      row,
      rowId: list.idOf(row),
      at: sortInstant(list.instantOf(row)),
      // Rows that could not be read may be missing from a page; its last one ends it all the same.
      offset: index === rows.length - 1 ? Math.max(lastOffset, window.start + index) : window.start + index,
      total,
    })),
  };
}

export const newestOf = <Row>(page: FoundPage<Row>): SortInstant | null => page.rows[0]?.at ?? null;
export const oldestOf = <Row>(page: FoundPage<Row>): SortInstant | null => page.rows.at(-1)?.at ?? null;
