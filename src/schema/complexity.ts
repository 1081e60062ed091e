import {
  type DocumentNode,
  type FieldNode,
  GraphQLError,
  type GraphQLObjectType,
  type GraphQLSchema,
  getArgumentValues,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { coerceVariables } from './coerce-variables.ts';

/**
 * What an operation costs in the worst case. Every root field declares it beside its arguments, `complexity: ({ first })
 * => cost({ upstreamCalls: 2, rows: first })`, for everything that can be selected below it; so the cost of an operation is
 * the sum over its root fields, aliases counted one by one, and nothing below them need be looked at.
 */
export interface Cost {
  /** REST calls to the provider. */
  readonly upstreamCalls: number;
  /** Rows in the answer. */
  readonly rows: number;
}

/** The complexity plugin keeps one number a field: calls are counted in millions, rows in ones. */
const CALL_UNIT = 1_000_000;

/** A cost as the number that the `complexity` option of a field takes. */
export const cost = ({ upstreamCalls, rows }: Cost): number => upstreamCalls * CALL_UNIT + rows;

/** A size that a caller wrote: what the resolver will refuse costs nothing, so that its own error is the answer. */
export const sizeWithin = (size: number, max: number): number => (size >= 1 && size <= max ? size : 0);

export interface OperationToCost {
  readonly document: DocumentNode;
  readonly operationName: string | null;
  /** As the caller sent them, before coercion. */
  readonly variables: Readonly<Record<string, unknown>>;
}

const NOTHING: Cost = { upstreamCalls: 0, rows: 0 };

/**
 * The worst-case cost of an operation, `first` and lists counted as literals and as variables. Operations that cannot
 * run at all (no such name, variables that do not fit) cost nothing: the executor refuses them with its own error.
 */
export function operationCost(
  schema: GraphQLSchema,
  { document, operationName, variables }: OperationToCost,
): Cost {
  const operation = getOperationAST(document, operationName);
  const root = operation && schema.getRootType(operation.operation);
  if (!operation || !root) return NOTHING;
  const values = coerceVariables(schema, operation, variables);
  if (values.coerced === undefined) return NOTHING;
  let packed = 0;
  for (const field of rootFields(operation, document)) packed += fieldCost(field, root, values.coerced);
  return { upstreamCalls: Math.floor(packed / CALL_UNIT), rows: packed % CALL_UNIT };
}

function rootFields(operation: OperationDefinitionNode, document: DocumentNode): readonly FieldNode[] {
  const fields: FieldNode[] = [];
  const visited = new Set<string>();
  const visit = (selectionSet: SelectionSetNode): void => {
    for (const selection of selectionSet.selections) {
      if (selection.kind === Kind.FIELD) fields.push(selection);
      else if (selection.kind === Kind.INLINE_FRAGMENT) visit(selection.selectionSet);
      else if (!visited.has(selection.name.value)) {
        // Once is enough: a fragment that is spread twice merges into the same root fields.
        visited.add(selection.name.value);
        const fragment = document.definitions.find(
          (definition) =>
            definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === selection.name.value,
        );
        if (fragment?.kind === Kind.FRAGMENT_DEFINITION) visit(fragment.selectionSet);
      }
    }
  };
  visit(operation.selectionSet);
  return fields;
}

function fieldCost(
  node: FieldNode,
  root: GraphQLObjectType,
  variables: Readonly<Record<string, unknown>>,
): number {
  const field = root.getFields()[node.name.value];
  const declared: unknown = field?.extensions['complexity'];
  if (typeof declared === 'number') return declared;
  if (field === undefined || typeof declared !== 'function') return 0;
  try {
    return Number(declared(getArgumentValues(field, node, variables)));
  } catch (error) {
    if (error instanceof GraphQLError) return 0;
    throw error;
  }
}
