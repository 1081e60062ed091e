import {
  buildSchema,
  type GraphQLSchema,
  getIntrospectionQuery,
  introspectionFromSchema,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config.ts';
import { LimitExceededError } from '../../../src/domain/errors.ts';
import { cost } from '../../../src/schema/complexity.ts';
import { createQueryLimits } from '../../../src/server/limits/query-limits.ts';

const schema = createPricedSchema();
const limits = createQueryLimits(loadConfig({}).limits, schema);

function createPricedSchema(): GraphQLSchema {
  const built = buildSchema(/* GraphQL */ `
    directive @tag(name: String) repeatable on FIELD | QUERY | FRAGMENT_SPREAD
    type Query { messages(first: Int! = 25): Page, byIds(ids: [String!]!): [Message], viewer: Message }
    type Mutation { send(to: [String!]!): Message }
    type Subscription { changed: Message }
    type Page { nodes: [Message!]!, totalCount: Int }
    type Message { id: ID!, again: Message, reports: [Message!]! }
  `);
  const query = built.getQueryType()?.getFields();
  Object.assign(query?.['messages']?.extensions ?? {}, {
    complexity: ({ first }: { first: number }) => cost({ upstreamCalls: 2, rows: first }),
  });
  Object.assign(query?.['byIds']?.extensions ?? {}, {
    complexity: ({ ids }: { ids: string[] }) => cost({ upstreamCalls: ids.length, rows: ids.length }),
  });
  return built;
}

/** The sentences of the limits alone; whether the document is valid otherwise does not matter to them. */
const excessesOf = (text: string) =>
  validate(schema, parse(text), limits.validationRules).map((error) => error.message);

const repeat = (count: number, write: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => write(i)).join(' ');
const nest = (levels: number) => `${'again { '.repeat(levels)}id${' }'.repeat(levels)}`;

describe('limits of a document', () => {
  it.each<[string, string]>([
    ['depth 10', `{ viewer { ${nest(8)} } }`],
    ['15 aliases', `{ viewer { ${repeat(15, (i) => `a${i}: id`)} } }`],
    ['400 fields', `{ viewer { ${repeat(399, () => 'id')} } }`],
    ['10 directives', `{ viewer { id ${repeat(10, () => '@tag')} } }`],
    ['10 root fields', `{ ${repeat(10, (i) => `r${i}: viewer { id }`)} }`],
    ['one root field of a mutation', 'mutation { __typename send(to: []) { id } }'],
    [
      'one root field of a mutation, written twice',
      'mutation { send(to: []) { id } send(to: []) { again { id } } }',
    ],
    ['at signs in texts and comments', `{ byIds(ids: ["${'@'.repeat(50)}"]) { id } } # ${'@'.repeat(50)}`],
  ])('allow %s', (_case, text) => {
    expect(excessesOf(text)).toEqual([]);
  });

  it.each<[string, string, string]>([
    ['depth 11', `{ viewer { ${nest(9)} } }`, 'The operation nests fields 11 deep; at most 10 are allowed.'],
    [
      'depth through fragments',
      `{ viewer { ...A } } fragment A on Message { ${nest(5).replace('id', '...B')} } fragment B on Message { ${nest(5)} }`,
      'The operation nests fields 12 deep; at most 10 are allowed.',
    ],
    [
      'depth through inline fragments',
      `{ ... on Query { viewer { ... on Message { ${nest(9)} } } } }`,
      'The operation nests fields 11 deep; at most 10 are allowed.',
    ],
    [
      '16 aliases',
      `{ viewer { ${repeat(16, (i) => `a${i}: id`)} } }`,
      'The operation has 16 aliases, counting fragments as often as they are spread; at most 15 are allowed.',
    ],
    [
      'aliases of __typename',
      `{ viewer { ${repeat(16, (i) => `a${i}: __typename`)} } }`,
      'The operation has 16 aliases, counting fragments as often as they are spread; at most 15 are allowed.',
    ],
    [
      'aliases under __schema',
      `{ __schema { types { ${repeat(16, (i) => `a${i}: name`)} } } }`,
      'The operation has 16 aliases, counting fragments as often as they are spread; at most 15 are allowed.',
    ],
    [
      'aliases in a fragment that is spread twice',
      `{ viewer { ...A again { ...A } } } fragment A on Message { ${repeat(8, (i) => `a${i}: id`)} }`,
      'The operation has 16 aliases, counting fragments as often as they are spread; at most 15 are allowed.',
    ],
    [
      '401 fields, one written again and again',
      `{ viewer { ${repeat(400, () => 'id')} } }`,
      'The operation has 401 fields, counting fragments as often as they are spread; at most 400 are allowed.',
    ],
    [
      'fields in fragments that double each other, without an alias',
      `{ viewer { ...F0 } } ${repeat(9, (i) => `fragment F${i} on Message { ...F${i + 1} ... { ...F${i + 1} } }`)} fragment F9 on Message { id }`,
      'The operation has 513 fields, counting fragments as often as they are spread; at most 400 are allowed.',
    ],
    [
      '11 directives, wherever they stand',
      `query @tag { viewer @tag { id ${repeat(8, () => '@tag')} ...A @tag } } fragment A on Message { id }`,
      'The document has 11 directives; at most 10 are allowed.',
    ],
    [
      '11 root fields through fragments',
      `{ ...A ${repeat(6, (i) => `r${i}: viewer { id }`)} } fragment A on Query { ${repeat(5, (i) => `s${i}: viewer { id }`)} }`,
      'The operation has 11 root fields; at most 10 are allowed.',
    ],
    [
      'two root fields of a mutation',
      'mutation { a: send(to: []) { id } b: send(to: []) { id } }',
      'The mutation has 2 root fields; one is allowed.',
    ],
    [
      'two root fields of a mutation, one in a fragment',
      'mutation { send(to: []) { id } ...M } fragment M on Mutation { again: send(to: []) { id } }',
      'The mutation has 2 root fields; one is allowed.',
    ],
    [
      'the second operation of a document',
      `query A { viewer { id } } query B { viewer { ${nest(9)} } }`,
      'The operation nests fields 11 deep; at most 10 are allowed.',
    ],
  ])('refuse %s', (_case, text, sentence) => {
    expect(excessesOf(text)).toEqual([sentence]);
  });

  it('are told all at once, each as its own typed error', () => {
    const text = `mutation { ${repeat(20, (i) => `m${i}: send(to: []) @tag { id }`)} }`;
    const errors = validate(schema, parse(text), limits.validationRules);
    expect(errors.map((error) => error.extensions['code'])).toEqual(Array(4).fill('LIMIT_EXCEEDED'));
    expect(errors.every((error) => error.originalError instanceof LimitExceededError)).toBe(true);
  });

  it('can be set', () => {
    const wide = createQueryLimits(
      loadConfig({ LIMIT_ALIASES: '40', LIMIT_MUTATION_ROOT_FIELDS: '2' }).limits,
      schema,
    );
    const text = 'mutation { a: send(to: []) { id } b: send(to: []) { id } }';
    expect(validate(schema, parse(text), wide.validationRules)).toEqual([]);
    expect(createQueryLimits(loadConfig({ LIMIT_TOKENS: '50' }).limits, schema).maxTokens).toBe(50);
  });
});

describe('introspection', () => {
  it('passes as tools ask for it', () => {
    const full = getIntrospectionQuery({
      specifiedByUrl: true,
      schemaDescription: true,
      inputValueDeprecation: true,
      oneOf: true,
    });
    expect(excessesOf(full)).toEqual([]);
    expect(introspectionFromSchema(schema)).toBeDefined();
    expect(() => parse(full, { maxTokens: limits.maxTokens })).not.toThrow();
  });

  it('does not go without bounds', () => {
    const deep = `{ __type(name: "Message") { ${'ofType { '.repeat(20)}name${' }'.repeat(20)} } }`;
    expect(excessesOf(deep)).toEqual(['The introspection nests fields 22 deep; at most 20 are allowed.']);
    const wide =
      '{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }';
    expect(validate(schema, parse(wide), [...specifiedRules])).not.toEqual([]);
  });
});

describe('bombs', () => {
  /** What grows without bounds takes minutes, or never ends; a busy machine takes a moment longer than others. */
  const SOON_MS = 5_000;
  const soon = (work: () => void) => {
    const startedAt = performance.now();
    work();
    expect(performance.now() - startedAt).toBeLessThan(SOON_MS);
  };

  it('of fragments that double each other are refused at once', () => {
    const bomb = repeat(
      60,
      (i) => `fragment F${i} on Message { a: again { ...F${i + 1} } b: again { ...F${i + 1} } }`,
    );
    const text = `{ viewer { ...F0 } } ${bomb} fragment F60 on Message { id }`;
    soon(() => {
      expect(excessesOf(text)).toEqual([
        'The operation nests fields 62 deep; at most 10 are allowed.',
        'The operation has more than 10000 aliases, counting fragments as often as they are spread; at most 15 are allowed.',
        'The operation has more than 10000 fields, counting fragments as often as they are spread; at most 400 are allowed.',
      ]);
    });
  });

  it('of cyclic fragments end, and are refused by the standard rule', () => {
    const text =
      '{ viewer { ...A } } fragment A on Message { again { ...B } } fragment B on Message { again { ...A ...B } }';
    soon(() => expect(excessesOf(text)).toEqual([]));
    const messages = validate(schema, parse(text), [...specifiedRules]).map((error) => error.message);
    expect(messages).toContainEqual(expect.stringContaining('Cannot spread fragment'));
  });

  it('of repeated fields, within the tokens that are allowed, take no long validation', () => {
    const text = `{ viewer { ${'id '.repeat(limits.maxTokens - 8)}} }`;
    const document = parse(text, { maxTokens: limits.maxTokens });
    soon(() => validate(schema, document, [...specifiedRules, ...limits.validationRules]));
  });
});

describe('cost', () => {
  const check = (
    text: string,
    variables: Readonly<Record<string, unknown>> = {},
    operationName: string | null = null,
  ) => limits.checkOperation({ document: parse(text), operationName, variables });

  it('is counted from literals, defaults and variables alike', () => {
    expect(() => check('{ messages(first: 1000) { totalCount } }')).not.toThrow();
    expect(() => check('{ messages(first: 1001) { totalCount } }')).toThrow(
      'The operation may answer 1001 rows; at most 1000 are allowed. Ask for fewer, or in several operations.',
    );
    const withVariable = 'query ($n: Int!) { messages(first: $n) { totalCount } }';
    expect(() => check(withVariable, { n: 1000 })).not.toThrow();
    expect(() => check(withVariable, { n: 1001 })).toThrow(LimitExceededError);
    expect(() => check('query ($n: Int! = 1001) { messages(first: $n) { totalCount } }')).toThrow(
      LimitExceededError,
    );
  });

  it('adds up over aliases and fragments', () => {
    const aliased = (first: number) => `{ a: messages(first: ${first}) { totalCount } ...B }
      fragment B on Query { b: messages(first: 600) { totalCount } }`;
    expect(() => check(aliased(400))).not.toThrow();
    expect(() => check(aliased(401))).toThrow('1001 rows');
  });

  it('counts the calls of lists given as a variable', () => {
    const ids = Array.from({ length: 251 }, (_, i) => `m${i}`);
    const text = 'query ($ids: [String!]!) { byIds(ids: $ids) { id } }';
    expect(() => check(text, { ids: ids.slice(1) })).not.toThrow();
    expect(() => check(text, { ids })).toThrow(
      'The operation may take 251 calls to the provider; at most 250 are allowed.',
    );
  });

  it('is that of the operation that runs, not of its neighbours', () => {
    const text =
      'query Small { messages(first: 1) { totalCount } } query Big { messages(first: 5000) { totalCount } }';
    expect(() => check(text, {}, 'Small')).not.toThrow();
    expect(() => check(text, {}, 'Big')).toThrow(LimitExceededError);
  });
});
