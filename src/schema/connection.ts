import type { ObjectRef } from '@pothos/core';
import type { Connection, Edge } from '../resolvers/connection.ts';
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

export interface ConnectionNames<Row> {
  /** `Message` makes `MessageConnection` and `MessageEdge`. */
  readonly name: string;
  /** What the rows are, in the plural: `messages`. */
  readonly rows: string;
  readonly node: ObjectRef<Types, Row>;
}

/** The types of a connection, under names of their own. */
export function connectionType<Row>({ name, rows, node }: ConnectionNames<Row>) {
  const edge = builder.objectRef<Edge<Row>>(`${name}Edge`).implement({
    description: `One of the ${rows}, and its place in the list.`,
    fields: (t) => ({
      cursor: t.exposeString('cursor', {
        description:
          'The place of this row: give it as `after` to go on behind it. Valid for the same filter only.',
      }),
      node: t.expose('node', { type: node, description: 'The row itself.' }),
    }),
  });
  return builder.objectRef<Connection<Row>>(`${name}Connection`).implement({
    description: `A page of ${rows}, newest first.`,
    fields: (t) => ({
      nodes: t.field({
        type: [node],
        description: 'The rows without cursors.',
        resolve: (parent) => parent.nodes,
      }),
      edges: t.field({
        type: [edge],
        description: 'The rows with their cursors.',
        resolve: (parent) => parent.edges,
      }),
      pageInfo: t.field({
        type: builder.pageInfoRef(),
        description: 'Where this page lies in the whole list.',
        resolve: (parent) => parent.pageInfo,
      }),
      totalCount: t.exposeInt('totalCount', {
        description: "How many rows match the filter in all, by the provider's count, such as `1250`.",
      }),
    }),
  });
}
