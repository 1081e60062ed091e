import type { Instant } from '../domain/message.ts';

/** The last row a client has seen, and what is needed to find its place again after the list moved. */
export interface Anchor {
  readonly rowId: string;
  readonly at: SortInstant;
  /** Its offset when it was seen, and how many rows the list had then. */
  readonly offset: number;
  readonly total: number;
  /**
   * Marks of the rows seen before it with the same instant, the nearest last. Should the anchor have left the list, they
   * tell which rows of that instant were handed out already.
   */
  readonly ties: readonly string[];
}

/** An instant to sort by; rows that have none yet (not sent) come first, as the newest. */
export type SortInstant = string;
const NOT_YET: SortInstant = '~'; // sorts behind every digit

export const sortInstant = (at: Instant | null): SortInstant => at ?? NOT_YET;

/** A row of the list where it was found. */
export interface PlacedRow<Row> {
  readonly row: Row;
  readonly rowId: string;
  readonly at: SortInstant;
  readonly offset: number;
  readonly total: number;
}

/** More rows of one instant than two full pages are not told apart; cursors stay short. */
const MAX_TIES = 200;

/** The anchor at a row of a page. `before` is the anchor that the page was read from. */
export function anchorAt<Row>(
  rows: readonly PlacedRow<Row>[],
  index: number,
  before: Anchor | null,
): Anchor | null {
  const last = rows[index];
  if (last === undefined) return before;
  const ties: string[] = [];
  let above = index - 1;
  for (; above >= 0; above -= 1) {
    const row = rows[above];
    if (row === undefined || row.at !== last.at) break;
    ties.push(markOf(row.rowId));
  }
  ties.reverse();
  const isTieOpen = above < 0 && before !== null && before.at === last.at;
  const all = isTieOpen ? [...before.ties, markOf(before.rowId), ...ties] : ties;
  const { rowId, at, offset, total } = last;
  return { rowId, at, offset, total, ties: all.slice(-MAX_TIES) };
}

/** True for the anchor and the rows of its instant that came before it. */
export const wasSeen = (anchor: Anchor, rowId: string): boolean =>
  rowId === anchor.rowId || anchor.ties.includes(markOf(rowId));

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** A short mark of a row id (FNV-1a, 32 bits): it is only ever compared among rows of one instant. */
function markOf(rowId: string): string {
  let hash = FNV_OFFSET;
  for (let index = 0; index < rowId.length; index += 1) {
    hash = Math.imul(hash ^ rowId.charCodeAt(index), FNV_PRIME);
  }
  return (hash >>> 0).toString(36);
}
