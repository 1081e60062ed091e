import {
  type GraphQLNamedOutputType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';

/** `Message.status`, of every type that has fields. */
export const listFields = (schema: GraphQLSchema): readonly string[] =>
  Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) && !type.name.startsWith('__'))
    .flatMap((type) =>
      isObjectType(type) ? Object.keys(type.getFields()).map((name) => `${type.name}.${name}`) : [],
    );

/** A selection of everything below a type, with `__typename` everywhere; a type that is inside itself is left out there. */
export function selectEverything(
  schema: GraphQLSchema,
  type: GraphQLOutputType,
  above: readonly string[] = [],
): string {
  const named: GraphQLNamedOutputType = getNamedType(type);
  if (isAbstractType(named)) {
    const possible = schema.getPossibleTypes(named).filter(({ name }) => !above.includes(name));
    // Fields of the same name may differ behind an interface; members of a union can always stand side by side.
    const members = isInterfaceType(named) ? possible.slice(0, 1) : possible;
    return `{ __typename ${members.map((member) => `... on ${member.name} ${selectEverything(schema, member, above)}`).join(' ')} }`;
  }
  if (!isObjectType(named)) return '';
  const fields = Object.values(named.getFields()).filter(
    (field) => !field.args.some(isRequiredArgument) && !above.includes(getNamedType(field.type).name),
  );
  const selections = fields.map(
    (field) => `${field.name} ${selectEverything(schema, field.type, [...above, named.name])}`,
  );
  return `{ __typename ${selections.join(' ')} }`;
}

/** Which fields an answer holds, and which of them with a value. */
export interface SeenFields {
  readonly answered: ReadonlySet<string>;
  readonly withValue: ReadonlySet<string>;
  see(value: unknown): void;
}

export function createSeenFields(): SeenFields {
  const answered = new Set<string>();
  const withValue = new Set<string>();
  function see(value: unknown): void {
    if (Array.isArray(value)) for (const item of value) see(item);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    const { __typename: type, ...members } = value as Readonly<Record<string, unknown>>;
    for (const [name, member] of Object.entries(members)) {
      answered.add(`${type}.${name}`);
      if (member !== null) withValue.add(`${type}.${name}`);
      see(member);
    }
  }
  return { answered, withValue, see };
}
