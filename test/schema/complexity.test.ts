import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { operationCost } from '../../src/schema/complexity.ts';
import { schema } from '../../src/schema/index.ts';

const costOf = (
  source: string,
  variables: Record<string, unknown> = {},
  operationName: string | null = null,
) => operationCost(schema, { document: parse(source), operationName, variables });

describe('operationCost', () => {
  it.each([
    ['{ viewer { workspace } }', {}, { upstreamCalls: 0, rows: 0 }],
    ['{ messages { totalCount } }', {}, { upstreamCalls: 1, rows: 25 }],
    ['{ messages(first: 100) { totalCount } }', {}, { upstreamCalls: 1, rows: 100 }],
    ['query ($n: Int!) { messages(first: $n) { totalCount } }', { n: 60 }, { upstreamCalls: 1, rows: 60 }],
    ['query ($n: Int! = 70) { messages(first: $n) { totalCount } }', {}, { upstreamCalls: 1, rows: 70 }],
    ['{ messages(first: 10, after: "x") { totalCount } }', {}, { upstreamCalls: 16, rows: 10 }],
    ['{ messagesById(messageIds: ["a", "b", "c"]) { text } }', {}, { upstreamCalls: 3, rows: 3 }],
    [
      'query ($ids: [String!]!) { messagesById(messageIds: $ids) { text } }',
      { ids: ['a', 'b'] },
      { upstreamCalls: 2, rows: 2 },
    ],
    ['{ a: messages { totalCount } b: messages { totalCount } }', {}, { upstreamCalls: 2, rows: 50 }],
    ['{ stats { sent } }', {}, { upstreamCalls: 3, rows: 400 }],
  ])('of %s with %j', (source, variables, cost) => {
    expect(costOf(source, variables)).toEqual(cost);
  });

  it('counts root fields within fragments, named and inline', () => {
    const source = /* GraphQL */ `
      query { ... on Query { a: messages(first: 5) { totalCount } } ...Rest }
      fragment Rest on Query { b: messages(first: 7) { totalCount } ...Rest }
    `;
    expect(costOf(source)).toEqual({ upstreamCalls: 2, rows: 12 });
  });

  it('looks at the operation that is to run', () => {
    const source =
      'query A { messages(first: 5) { totalCount } } query B { messages(first: 9) { totalCount } }';
    expect(costOf(source, {}, 'A').rows).toBe(5);
    expect(costOf(source, {}, 'B').rows).toBe(9);
  });

  it('costs nothing what the resolver or the executor will refuse, so that their own error is the answer', () => {
    const nothing = { upstreamCalls: 0, rows: 0 };
    expect(costOf('{ messages(first: 1000) { totalCount } }').rows).toBe(0);
    const ids = Array.from({ length: 101 }, () => 'a');
    const query = 'query ($ids: [String!]!) { messagesById(messageIds: $ids) { text } }';
    expect(costOf(query, { ids })).toEqual(nothing);
    expect(costOf(query, { ids: 7 })).toEqual({ upstreamCalls: 0, rows: 0 });
    expect(costOf(query)).toEqual(nothing);
    expect(costOf('{ viewer { workspace } }', {}, 'Missing')).toEqual(nothing);
  });
});
