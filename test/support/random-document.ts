import { type Arbitrary, array, constant, constantFrom, oneof, option, tuple } from 'fast-check';

/** Documents that are valid against the test schema, in every shape that selections take: nested, aliased, in fragments. */
export function randomDocument(): Arbitrary<string> {
  const fragments = tuple(rowSelections(1), namedSelections(), outcomeSelections(0));
  return tuple(querySelections(), fragments).map(
    ([query, [row, named, outcome]]) =>
      `query First { hello ${query} } fragment R on Row ${row} fragment N on Named ${named} fragment O on Outcome ${outcome}
       query Second { ...Q } fragment Q on Query { rows { ...R } named { ...N } outcome(isRow: true) { ...O } }`,
  );
}

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

const ROW_FIELDS = constantFrom('id', 'name', 'note', 'size', 'tags', '__typename');

function rowSelections(depth: number): Arbitrary<string> {
  const onNamed = selections(constantFrom('name', '__typename')).map((inner) => `... on Named ${inner}`);
  const plain = selections(ROW_FIELDS).map((inner) => `... ${inner}`);
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
