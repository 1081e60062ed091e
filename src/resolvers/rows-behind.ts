import { type Anchor, type PlacedRow, wasSeen } from './page-anchor.ts';

/** Which of some neighbouring rows lie behind an anchor. */
export interface RowsBehind<Row> {
  readonly rows: readonly PlacedRow<Row>[];
  /** True when the anchor itself is among the rows; else its place is told by its instant and the rows seen before it. */
  readonly isAnchorFound: boolean;
}

export function rowsBehind<Row>(rows: readonly PlacedRow<Row>[], anchor: Anchor): RowsBehind<Row> {
  const index = rows.findIndex((row) => row.rowId === anchor.rowId);
  if (index >= 0) return { rows: rows.slice(index + 1), isAnchorFound: true };
  const behind = rows.filter(
    (row) => row.at < anchor.at || (row.at === anchor.at && !wasSeen(anchor, row.rowId)),
  );
  return { rows: behind, isAnchorFound: false };
}
