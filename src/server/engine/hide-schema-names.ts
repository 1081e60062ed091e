/**
 * What GraphQL says about documents and variables that do not fit, less the names that whoever asked did not write: with
 * introspection off, errors would give the schema away name by name.
 */
const REPLACEMENTS: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/ Did you mean .+?\?(?=$| )/gs, ''],
  [/Field "[^"]+" of required type "[^"]+" was not provided\./g, 'A required field was not provided.'],
  [/ is not defined by type "[^"]+"/g, ' is not defined'],
  [/ does not exist in "[^"]+" enum/g, ' does not exist'],
  [/Enum "[^"]+" cannot represent/g, 'The enum cannot represent'],
  [/Expected type "[^"]+" to be an object/g, 'Expected an object'],
  [/Expected (non-nullable )?type "[^"]+"/g, 'Expected another $1type'],
  [/Exactly one key must be specified for OneOf type "[^"]+"/g, 'Exactly one key must be specified'],
];

/** @param message of GraphQL itself */
export const hideSchemaNames = (message: string): string =>
  REPLACEMENTS.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), message);
