import { type GraphQLSchema, getVariableValues, type OperationDefinitionNode } from 'graphql';

type Variables = Readonly<Record<string, unknown>>;
type Coerced = ReturnType<typeof getVariableValues>;

/** One person's mistakes need not be told a thousand times. */
const MAX_ERRORS = 20;

/** By the variables as they came: the object lives as long as its request. */
const coercedOnce = new WeakMap<
  Variables,
  { readonly operation: OperationDefinitionNode; readonly coerced: Coerced }
>();

/** The variables of an operation as the schema wants them, or what is wrong with them. Done once for each request. */
export function coerceVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  variables: Variables,
): Coerced {
  const known = coercedOnce.get(variables);
  if (known?.operation === operation) return known.coerced;
  const coerced = getVariableValues(schema, operation.variableDefinitions ?? [], variables, {
    maxErrors: MAX_ERRORS,
  });
  coercedOnce.set(variables, { operation, coerced });
  return coerced;
}
