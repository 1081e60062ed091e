import { type GraphQLSchema, getVariableValues, type OperationDefinitionNode } from 'graphql';

type Variables = Readonly<Record<string, unknown>>;
type Coerced = ReturnType<typeof getVariableValues>;

/** A thousand values that are wrong need not all be told. */
const MAX_ERRORS = 20;

interface Done {
  readonly operation: OperationDefinitionNode;
  readonly variables: Variables;
  readonly coerced: Coerced;
}

/** The limits ask first and the execution right after them, mostly with nothing in between. */
let lastDone: Done | null = null;

/** The variables of an operation as the schema wants them, or what is wrong with them. */
export function coerceVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  variables: Variables,
): Coerced {
  if (lastDone?.variables === variables && lastDone.operation === operation) return lastDone.coerced;
  const definitions = operation.variableDefinitions ?? [];
  const coerced = getVariableValues(schema, definitions, variables, { maxErrors: MAX_ERRORS });
  lastDone = { operation, variables, coerced };
  return coerced;
}
