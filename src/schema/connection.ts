import { MAX_PAGE_ROWS } from '../resolvers/page-window.ts';
import { MAX_CALLS_PER_PAGE } from '../resolvers/paged-list.ts';
import { builder } from './builder.ts';
import { cost, sizeWithin } from './complexity.ts';

/** Rows a page when the caller does not say. */
const DEFAULT_PAGE_ROWS = 25;

/** The arguments of every connection: forward only. */
export const connectionArgs = builder.args((t) => ({
  first: t.int({
    required: true,
    defaultValue: DEFAULT_PAGE_ROWS,
    description: `How many rows to return, 1 to ${MAX_PAGE_ROWS}, such as \`25\`.`,
  }),
  after: t.string({
    description:
      'The `endCursor` of the page before; null for the first page. Valid for the same filter only; a relative period keeps the days of the first page.',
  }),
}));

/** A first page is one call; a later one may have to look for its place in a list that moved. */
export const connectionCost = (args: {
  readonly first: number;
  readonly after?: string | null | undefined;
}): number =>
  cost({
    upstreamCalls: args.after == null ? 1 : MAX_CALLS_PER_PAGE,
    rows: sizeWithin(args.first, MAX_PAGE_ROWS),
  });

type Types = (typeof builder)['$inferSchemaTypes'];

/** The field that connections have beyond Relay's. */
export const totalCountField = (
  t: PothosSchemaTypes.ObjectFieldBuilder<Types, { readonly totalCount: number }>,
) => ({
  totalCount: t.exposeInt('totalCount', {
    description: "How many rows match the filter in all, by the provider's count, such as `1250`.",
  }),
});
