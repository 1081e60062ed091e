import type { OperationContext } from '../context.ts';
import { BadUserInputError } from '../domain/errors.ts';
import type { DateRange, OffsetPage } from '../domain/list-query.ts';
import type { PageRequest } from '../rest/provider-session.ts';
import { type Anchor, anchorAt } from './page-anchor.ts';
import { listIdentity, openPageCursor, sealPageCursor } from './page-cursor.ts';
import { type WalkedPage, walkPage } from './page-walk.ts';
import { MAX_PAGE_ROWS } from './page-window.ts';
import type { PagedList } from './paged-list.ts';

export interface ConnectionArgs {
  readonly first: number;
  readonly after?: string | null | undefined;
}

/** A page of a list in Relay's form, forward only. Edges and cursors are made when they are read: most never are. */
export interface Connection<Row> {
  readonly nodes: readonly Row[];
  readonly edges: readonly Edge<Row>[];
  readonly pageInfo: PageInfo;
  readonly totalCount: number;
}

export interface Edge<Row> {
  readonly cursor: string;
  readonly node: Row;
}

export interface PageInfo {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
}

export interface ConnectionSource<Row> extends Omit<PagedList<Row>, 'fetch'> {
  /** Names the kind of list in cursors. */
  readonly name: string;
  /** The filter as written, in a fixed order. */
  readonly filter: readonly unknown[];
  /** The days asked for, if this is the first page; later pages keep those of the first. */
  readonly range: DateRange;
  readonly fetch: (range: DateRange, page: PageRequest) => Promise<OffsetPage<Row>>;
}

/**
 * @throws BadUserInputError when `first` is out of 1 to 100
 * @throws CursorInvalidError when `after` is not a cursor of this list and filter
 */
export async function connection<Row>(
  args: ConnectionArgs,
  source: ConnectionSource<Row>,
  context: OperationContext,
): Promise<Connection<Row>> {
  checkFirst(args.first);
  const identity = listIdentity(source.name, context.viewer.workspace, source.filter);
  const cursor = args.after == null ? null : openPageCursor(args.after, identity, context);
  const range = cursor?.range ?? source.range;
  const list = { ...source, fetch: (page: PageRequest) => source.fetch(range, page) };
  const page = await walkPage(list, cursor?.anchor ?? null, args.first);
  const sealAt = (anchor: Anchor) => sealPageCursor({ range, anchor }, identity, context);
  return asConnection(page, cursor?.anchor ?? null, sealAt);
}

function checkFirst(first: number): void {
  if (first >= 1 && first <= MAX_PAGE_ROWS) return;
  throw new BadUserInputError(`first must be between 1 and ${MAX_PAGE_ROWS}; it was ${first}.`);
}

function asConnection<Row>(
  { rows, total }: WalkedPage<Row>,
  after: Anchor | null,
  sealAt: (anchor: Anchor) => string,
): Connection<Row> {
  const cursorAt = (index: number) => {
    const anchor = anchorAt(rows, index, after);
    return anchor && sealAt(anchor);
  };
  return new FoundConnection({ rows, total }, after !== null, cursorAt);
}

type CursorAt = (index: number) => string | null;

// Classes, because objects of their kind are made for every request: an object literal with a getter gets a hidden class of
// its own, which the garbage collector keeps for long.

class FoundConnection<Row> implements Connection<Row> {
  readonly totalCount: number;
  readonly nodes: readonly Row[];
  readonly pageInfo: PageInfo;
  readonly #cursorAt: CursorAt;

  constructor(page: WalkedPage<Row>, hasAnchor: boolean, cursorAt: CursorAt) {
    this.totalCount = page.total;
    this.nodes = page.rows.map(({ row }) => row);
    this.pageInfo = new FoundPageInfo(page, hasAnchor, cursorAt);
    this.#cursorAt = cursorAt;
  }

  get edges(): readonly Edge<Row>[] {
    return this.nodes.map((row, index) => new FoundEdge(row, index, this.#cursorAt));
  }
}

class FoundEdge<Row> implements Edge<Row> {
  readonly node: Row;
  readonly #index: number;
  readonly #cursorAt: CursorAt;

  constructor(node: Row, index: number, cursorAt: CursorAt) {
    this.node = node;
    this.#index = index;
    this.#cursorAt = cursorAt;
  }

  get cursor(): string {
    return this.#cursorAt(this.#index) ?? '';
  }
}

class FoundPageInfo implements PageInfo {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly #lastIndex: number;
  readonly #cursorAt: CursorAt;

  constructor({ rows, total }: WalkedPage<unknown>, hasAnchor: boolean, cursorAt: CursorAt) {
    this.hasNextPage = (rows.at(-1)?.offset ?? total) + 1 < total;
    this.hasPreviousPage = rows.length === 0 ? hasAnchor : (rows[0]?.offset ?? 0) > 0;
    this.#lastIndex = rows.length - 1;
    this.#cursorAt = cursorAt;
  }

  get startCursor(): string | null {
    return this.#lastIndex < 0 ? null : this.#cursorAt(0);
  }

  get endCursor(): string | null {
    return this.#lastIndex < 0 ? null : this.#cursorAt(this.#lastIndex);
  }
}
