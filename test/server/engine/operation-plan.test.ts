import { assert, asyncProperty } from 'fast-check';
import { type ExecutionResult, execute, parse, validate } from 'graphql';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createPlanner,
  type OperationPlan,
  type PlanResult,
} from '../../../src/server/engine/operation-plan.ts';
import { randomDocument, randomVariables } from '../../support/random-document.ts';
import { createTestSchema } from '../../support/test-schema.ts';

/** The reference answers from a schema of its own, which nothing here has touched. */
const schema = createTestSchema();
const referenceSchema = createTestSchema();
const contextValue = {
  viewer: { subject: 'me', workspace: 'default' },
  signal: new AbortController().signal,
};

type Variables = Readonly<Record<string, unknown>>;

async function run(plan: OperationPlan, variableValues: Variables = {}): Promise<ExecutionResult> {
  return resultOf(await plan.run({ rootValue: undefined, contextValue, variableValues }));
}

const resultOf = ({ errors, data }: PlanResult): ExecutionResult => ({
  ...(errors !== undefined && { errors }),
  ...(data !== undefined && { data: JSON.parse(data) }),
});

/** Twice: the second time everything is planned already. */
async function runTwice(plan: OperationPlan, variableValues: Variables = {}): Promise<ExecutionResult> {
  await run(plan, variableValues);
  return run(plan, variableValues);
}

function planOf(text: string, operationName: string | null = null): OperationPlan {
  const document = parse(text);
  expect(validate(schema, document)).toEqual([]);
  const plan = createPlanner(schema)(document, operationName);
  if (plan === null) throw new Error('no such operation');
  return plan;
}

/** Errors in the order of their places: the compiler collects them in an order of its own. */
const comparable = ({ data, errors }: ExecutionResult) => ({
  data: JSON.parse(JSON.stringify(data ?? null)),
  hasData: data !== undefined,
  errors: (errors ?? [])
    .map((error) => JSON.stringify({ message: error.message, path: error.path, locations: error.locations }))
    .sort(),
});

const DOCUMENTS: [name: string, text: string, variables?: Variables][] = [
  [
    'names of everything that objects inherit',
    '{ __proto__: hello constructor: hello toString: rows(first: 1) { __proto__: parent { hasOwnProperty: id } } }',
  ],
  ['scalars', '{ hello echo(text: "hi \\"there\\" \\n ☂") optional again: optional(number: 3) }'],
  ['lists of objects', '{ rows(first: 3) { id name size tags parent { name parent { id } } __typename } }'],
  [
    'fragments',
    '{ rows(first: 2) { ...A ...B } } fragment A on Row { id ...B } fragment B on Row { name ... on Named { name } }',
  ],
  [
    'unions',
    '{ a: outcome(isRow: true) { __typename ... on Row { id } } b: outcome(isRow: false) { ... on Problem { code } } }',
  ],
  ['interfaces', '{ named { __typename name ... on Row { size } } }'],
  ['the same field twice', '{ rows(first: 1) { parent { id } parent { name } } }'],
  ['variables', 'query($n: Int!, $t: String!) { rows(first: $n) { id } echo(text: $t) }', { n: 2, t: 'x' }],
  ['default values of variables', 'query($n: Int = 9) { optional(number: $n) }'],
  ['a variable that is not given', 'query($f: RowFilter) { rowsAsked(filter: $f) }'],
  ['a variable that is not given where there is a default', 'query($n: Int) { optional(number: $n) }'],
  ['a variable given as null', 'query($f: RowFilter) { rowsAsked(filter: $f) }', { f: null }],
  [
    'an input object with a null and a gap',
    'query($f: RowFilter) { rowsAsked(filter: $f) }',
    { f: { name: null } },
  ],
  ['a variable that nobody declared', '{ hello }', { stray: 1 }],
  ['literals of every kind', '{ rowsAsked(filter: { name: null, sizes: [1, 2], color: RED }) }'],
  [
    'variables inside literals',
    'query($s: Int!, $t: String) { echoed: rowsAsked(filter: { name: $t, sizes: [$s, 2] }) }',
    { s: 1, t: 'n' },
  ],
  [
    'a variable inside a list of a literal that is not given',
    'query($s: Int = 4, $t: Color) { rowsAsked(filter: { sizes: [$s], color: $t }) }',
  ],
  [
    'a variable inside a literal given as null',
    'query($t: String, $c: Color = RED) { rowsAsked(filter: { name: $t, color: $c }) }',
    { t: null, c: null },
  ],
  [
    'a null inside a literal where it may not be',
    'query($s: Int = 4) { rowsAsked(filter: { sizes: [$s] }) hello }',
    { s: null },
  ],
  [
    'texts that JSON escapes',
    'query($t: String!) { echo(text: $t) }',
    { t: '"\\\n\u2028\ud83d\ude00\ud800 \u0007☂' },
  ],
  [
    'a condition given as null',
    'query($y: Boolean = true) { hello rows(first: 1) { id @skip(if: $y) } }',
    { y: null },
  ],
  [
    'a null where a non-null list holds it',
    '{ rows(first: 1) { name ...F } } fragment F on Row { parent { parent { id } } }',
  ],
  ['a variable inside a literal that is not given', 'query($t: String) { rowsAsked(filter: { name: $t }) }'],
  [
    'input objects and enums',
    'query($f: RowFilter) { rows(first: 1, filter: $f) { id } }',
    { f: { sizes: [1], color: 'RED' } },
  ],
  ['a null in a place that forbids it', 'query($n: Int = 5) { hello optional(number: $n) }', { n: null }],
  ['a variable of the wrong type', 'query($n: Int!) { rows(first: $n) { id } }', { n: 'many' }],
  ['a variable that is missing', 'query($n: Int!) { rows(first: $n) { id } }'],
  [
    'an unknown key of an input object',
    'query($f: RowFilter) { rows(filter: $f) { id } }',
    { f: { colour: 'RED' } },
  ],
  ['an unknown enum value', 'query($f: RowFilter) { rows(filter: $f) { id } }', { f: { color: 'BLUE' } }],
  ['errors of resolvers', '{ hello refused crash crashLater crashInList }'],
  ['items that fail before their neighbours come', '{ lateItems lateRows { id name } hello }'],
  ['an error at a non-null field', '{ hello crashNonNull }'],
  ['an error of a scalar', '{ fragile hello }'],
  ['a scalar that fails to parse', 'query($v: Fragile!) { fragileArgument(value: $v) }', { v: 1 }],
  ['a mutation', 'mutation { a: touch(name: "a") b: touch(name: "b") }'],
  [
    'introspection',
    '{ __schema { types { name fields { name args { name defaultValue } } } } __type(name: "Row") { name } }',
  ],
  [
    'conditions',
    'query($y: Boolean!, $n: Boolean!) { hello @include(if: $n) rows(first: 1) @skip(if: $n) { id @skip(if: $y) ...F @include(if: $n) ...F @include(if: $y) } } fragment F on Row { name }',
    { y: true, n: false },
  ],
];

describe('a plan', () => {
  it.each(DOCUMENTS)('answers as the reference does: %s', async (_name, text, variableValues = {}) => {
    const plan = planOf(text);
    const expected = await execute({
      schema: referenceSchema,
      document: parse(text),
      contextValue,
      variableValues,
    });
    expect(comparable(await runTwice(plan, variableValues))).toEqual(comparable(expected));
  });

  it('answers as the reference does, whatever is selected', async () => {
    let valid = 0;
    await assert(
      asyncProperty(randomDocument(), randomVariables(), async (text, variableValues) => {
        const document = parse(text);
        if (validate(schema, document).length > 0) return; // one name for two different fields
        valid++;
        for (const operationName of ['First', 'Second']) {
          const plan = createPlanner(schema)(document, operationName);
          if (plan === null) throw new Error('no such operation');
          const request = { document, contextValue, operationName, variableValues };
          const expected = await execute({ schema: referenceSchema, ...request });
          expect(comparable(await runTwice(plan, variableValues))).toEqual(comparable(expected));
        }
      }),
      { numRuns: 100 },
    );
    expect(valid).toBeGreaterThan(60);
  });

  it('follows the conditions of each run', async () => {
    const plan = planOf(
      'query($a: Boolean!) { hello @include(if: $a) rows(first: 1) { id @skip(if: $a) name } }',
    );
    const [row] = [{ id: 'row-0', name: 'Row 0' }];
    for (const a of [true, false, true])
      expect((await run(plan, { a })).data).toEqual(
        a ? { hello: 'world', rows: [{ name: row?.name }] } : { rows: [row] },
      );
  });

  it('keeps two operations of one document apart', async () => {
    const document = parse('query One { hello } query Two { optional }');
    const planFor = createPlanner(schema);
    const [one, two] = [planFor(document, 'One'), planFor(document, 'Two')];
    expect(one && (await runTwice(one)).data).toEqual({ hello: 'world' });
    expect(two && (await runTwice(two)).data).toEqual({ optional: 7 });
    expect(planFor(document, 'Three')).toBeNull();
    expect(planFor(document, null)).toBeNull();
  });

  it('gives each run its own variables', async () => {
    const plan = planOf('query($t: String!) { echo(text: $t) }');
    for (const t of ['a', 'b', 'c', 'd', 'e']) expect((await run(plan, { t })).data).toEqual({ echo: t });
  });
});

describe('a string that a compiler would run as code', () => {
  afterEach(() => {
    Reflect.deleteProperty(globalThis, 'wasRun');
  });

  it.each(['"', '"""'])('is answered as the string it is, in %s', async (quote) => {
    const text = '__MAGIC_DATE__33a9e76d_02e0_4128_8e92_3530ad3da74d0),x:(globalThis.wasRun=1),y:new Date(0';
    const result = await runTwice(planOf(`{ echo(text: ${quote}${text}${quote}) }`));
    expect(result.data).toEqual({ echo: text });
    expect('wasRun' in globalThis).toBe(false);
  });
});
