import { readFileSync } from 'node:fs';
import { buildSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql';

/** Every name that the schema gives to something: types, fields, arguments, values. Built-in names are no secret. */
export function readSchemaNames(): ReadonlySet<string> {
  const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));
  const names = Object.values(schema.getTypeMap())
    .filter(({ name }) => !name.startsWith('__') && !BUILT_IN.has(name))
    .flatMap((type) => {
      if (isObjectType(type) || isInterfaceType(type))
        return [
          type.name,
          ...Object.values(type.getFields()).flatMap(({ name, args }) => [
            name,
            ...args.map((arg) => arg.name),
          ]),
        ];
      if (isInputObjectType(type)) return [type.name, ...Object.keys(type.getFields())];
      if (isEnumType(type)) return [type.name, ...type.getValues().map(({ name }) => name)];
      return [type.name];
    });
  return new Set(names);
}

const BUILT_IN: ReadonlySet<string> = new Set(['Int', 'Float', 'String', 'Boolean', 'ID']);

const QUOTED = /"([^"]*)"|'([^']*)'/g;
const NAME = /[A-Za-z_]\w*/g;
/** Names of types that are no English word can be told also without quotes. */
const COMPOUND = /\b(?:[A-Z][a-z]+){2,}\b/g;

/** The names in a message that whoever asked did not write down. */
export function findUnaskedNames(
  message: string,
  asked: string,
  schemaNames: ReadonlySet<string>,
): readonly string[] {
  const known = new Set(asked.match(NAME) ?? []);
  const quoted = Array.from(message.matchAll(QUOTED), ([, double = '', single = '']) => double + single);
  const told = [...quoted.flatMap((text) => text.match(NAME) ?? []), ...(message.match(COMPOUND) ?? [])];
  return [...new Set(told)].filter((name) => schemaNames.has(name) && !known.has(name));
}
