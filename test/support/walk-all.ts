import { type Anchor, anchorAt } from '../../src/resolvers/page-anchor.ts';
import { type WalkedPage, walkPage } from '../../src/resolvers/page-walk.ts';
import type { PagedList } from '../../src/resolvers/paged-list.ts';

/** Goes through a whole list as a client does, page by page. Returns the ids in the order they came. */
export async function walkAll<Row>(
  list: PagedList<Row>,
  firstOf: (pageIndex: number) => number,
  afterPage: (pageIndex: number) => void = () => {},
): Promise<string[]> {
  const ids: string[] = [];
  let anchor: Anchor | null = null;
  for (let pageIndex = 0; ; pageIndex += 1) {
    const { rows, total }: WalkedPage<Row> = await walkPage(list, anchor, firstOf(pageIndex));
    ids.push(...rows.map((row) => row.rowId));
    const last = rows.at(-1);
    if (last === undefined || last.offset + 1 >= total) return ids;
    anchor = anchorAt(rows, rows.length - 1, anchor);
    afterPage(pageIndex);
  }
}
