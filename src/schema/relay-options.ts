/** How Relay's ids and pages are named and described. Connections are built by `connection.ts`, forward only. */
export const relayOptions = {
  // `node.ts` declares both root fields itself: ids are checked, counted and named in errors there.
  nodeQueryOptions: false,
  nodesQueryOptions: false,
  nodeTypeOptions: {
    description: 'An object with an identity: `Query.node` finds it again by its `id`.',
    resolveType: (value: unknown) =>
      typeof value === 'object' && value !== null && 'itemId' in value ? 'TrafficItem' : 'Message',
  },
  idFieldOptions: {
    description: 'Opaque and stable, such as `TWVzc2FnZTphcGlfNDJf`; for caches and `Query.node`.',
  },
  pageInfoTypeOptions: { description: 'Where a page of a connection lies in the whole list.' },
  hasNextPageFieldOptions: { description: 'True when there are rows after this page.' },
  hasPreviousPageFieldOptions: { description: 'True when there are rows before this page.' },
  startCursorFieldOptions: {
    description: 'The cursor of the first row of the page; null when the page is empty.',
  },
  endCursorFieldOptions: {
    description:
      'The cursor of the last row: give it as `after` to get the next page. Null when the page is empty.',
  },
} as const;
