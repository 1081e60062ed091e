import { type Arbitrary, array, constant, constantFrom, oneof, option, record, tuple } from 'fast-check';

/** Documents that are valid against the test schema, in every shape that selections take: nested, aliased, in fragments, under conditions. */
export function randomDocument(): Arbitrary<string> {
  const fragments = tuple(rowSelections(1), namedSelections(), outcomeSelections(0));
  return tuple(querySelections(), fragments).map(
    ([query, [row, named, outcome]]) =>
      `query First${VARIABLES} { ${USED} hello ${query} } fragment R on Row ${row} fragment N on Named ${named} fragment O on Outcome ${outcome}
       query Second${VARIABLES} { ${USED} ...Q } fragment Q on Query { rows { ...R } named { ...N } outcome(isRow: true) { ...O } }`,
  );
}

const VARIABLES = '($t: String, $s: Int = 4, $c: Color, $y: Boolean = true)';
/** All of them: a variable that is not used is a mistake. */
const USED = 'used: rowsAsked(filter: { name: $t, sizes: [$s], color: $c }) @include(if: $y)';

/** Values for the variables of such a document, some of them null, some of them not given. */
export const randomVariables = (): Arbitrary<Readonly<Record<string, unknown>>> =>
  record(
    {
      t: constantFrom<(string | null)[]>('text', '\u2028"\\\ud800', '', null),
      s: constantFrom<(number | null)[]>(1, null),
      c: constantFrom<(string | null)[]>('RED', null),
      y: constantFrom<(boolean | null)[]>(true, false, false, null),
    },
    { requiredKeys: [] },
  );

const aliased = (fields: Arbitrary<string>): Arbitrary<string> =>
  tuple(option(constantFrom('a', 'b', 'c')), fields).map(([alias, field]) => {
    // The same alias may stand for one field only: it carries the field's name.
    const name = /^\w+/.exec(field)?.[0] ?? '';
    const numbers = /\d+|true|false/.exec(field)?.[0] ?? '';
    return alias === null || field.startsWith('...') ? field : `${alias}_${name}_${numbers}: ${field}`;
  });

const selections = (...choices: readonly Arbitrary<string>[]): Arbitrary<string> =>
  array(aliased(oneof(...choices)), { minLength: 1, maxLength: 4 }).map(
    (chosen) => `{ ${chosen.join(' ')} }`,
  );

const ROW_FIELDS = constantFrom(
  ...['id', 'name', 'note', 'size', 'tags', '__typename'],
  ...['id @skip(if: $y)', 'size @include(if: $y)', 'tags @include(if: $y) @skip(if: $y)'],
);

function rowSelections(depth: number): Arbitrary<string> {
  const onNamed = selections(constantFrom('name', '__typename')).map((inner) => `... on Named ${inner}`);
  const plain = tuple(constantFrom('', '@skip(if: $y) ', '@include(if: $y) '), selections(ROW_FIELDS)).map(
    ([condition, inner]) => `... ${condition}${inner}`,
  );
  if (depth === 0) return selections(ROW_FIELDS, onNamed, plain);
  const parent = rowSelections(depth - 1).map((inner) => `parent ${inner}`);
  const nested = rowSelections(depth - 1).map((inner) => `... on Row ${inner}`);
  return selections(ROW_FIELDS, onNamed, plain, parent, nested);
}

const namedSelections = (): Arbitrary<string> =>
  selections(
    constantFrom('name', '__typename'),
    rowSelections(1).map((inner) => `... on Row ${inner}`),
  );

function outcomeSelections(depth: number): Arbitrary<string> {
  return selections(
    constant('__typename'),
    rowSelections(depth).map((inner) => `... on Row ${inner}`),
    selections(constantFrom('code', 'text')).map((inner) => `... on Problem ${inner}`),
    constant('... on Named { name }'),
  );
}

function querySelections(): Arbitrary<string> {
  const spread = (inner: Arbitrary<string>, fragment: string) =>
    oneof(
      inner,
      constant(`{ ...${fragment} }`),
      inner.map((text) => text.replace('{', `{ ...${fragment} `)),
    );
  const rows = tuple(constantFrom('rows(first: 1)', 'rows(first: 3)'), spread(rowSelections(2), 'R'));
  const outcome = tuple(
    constantFrom('outcome(isRow: true)', 'outcome(isRow: false)'),
    spread(outcomeSelections(1), 'O'),
  );
  const late = tuple(constant('lateRows'), spread(rowSelections(1), 'R'));
  const named = tuple(constant('named'), spread(namedSelections(), 'N'));
  const join = (parts: Arbitrary<[string, string]>) => parts.map((pair) => pair.join(' '));
  return array(
    aliased(
      oneof(
        join(rows),
        join(outcome),
        join(late),
        join(named),
        constantFrom(
          'hello',
          'optional',
          'optional(number: 3)',
          'optional(number: $s)',
          'rowsAsked(filter: { name: $t, sizes: [1, $s] })',
          'rowsAsked(filter: { color: $c })',
          'lateItems',
          'crash',
          'refused',
          'crashInList',
          '__typename',
        ),
      ),
    ),
    { minLength: 1, maxLength: 5 },
  ).map((chosen) => chosen.join(' '));
}
