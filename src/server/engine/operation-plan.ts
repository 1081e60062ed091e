import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import { coerceVariables } from '../../schema/coerce-variables.ts';
import { type SelectionPlan, writeSelection, writeSerially } from './field-plan.ts';
import { createSelectionPlan } from './selection-plan.ts';
import type { PlanRun, Variables } from './value-writer.ts';

/** One operation of one document, ready to run as often as it is asked for. */
export interface OperationPlan {
  readonly operation: OperationDefinitionNode;
  /** Executes from a root value: nothing for a query, the event for a subscription. */
  run(run: OperationRun): PlanResult | Promise<PlanResult>;
}

export interface OperationRun {
  readonly rootValue: unknown;
  readonly contextValue: unknown;
  readonly variableValues: Variables;
}

/** What an operation came to: as an ExecutionResult, with `data` as JSON. */
export interface PlanResult {
  /** Undefined when there are none. */
  readonly errors?: readonly GraphQLError[] | undefined;
  /** Undefined when nothing was executed. */
  readonly data?: string | undefined;
}

/** Plans of one operation, for as many different values of its conditions. Past that they are made for each run. */
const MAX_VARIANTS = 16;

/**
 * Plans are held as long as their document, and by operation name: a cache by document alone would answer one operation
 * of a document with another one's data.
 *
 * A plan is made of closures, never of source text: nothing that a caller wrote can become code.
 */
export function createPlanner(schema: GraphQLSchema) {
  const plansOf = new WeakMap<DocumentNode, Map<string, OperationPlan>>();

  /** @returns null when the document has no such operation, or several and none is named */
  return (document: DocumentNode, operationName: string | null): OperationPlan | null => {
    const key = operationName ?? '';
    const plans = plansOf.get(document) ?? new Map<string, OperationPlan>();
    const known = plans.get(key);
    if (known !== undefined) return known;
    const operation = getOperationAST(document, operationName);
    if (!operation) return null;
    const plan = createPlan(schema, document, operation);
    plansOf.set(document, plans.set(key, plan));
    return plan;
  };
}

function createPlan(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): OperationPlan {
  const rootType = schema.getRootType(operation.operation);
  const parts = { schema, operation, fragments: fragmentsOf(document) };
  const conditionNames = conditionVariables(document);
  const variants = new Map<string, SelectionPlan>();

  /** What is selected depends on the document and on the variables of its conditions, on nothing else. */
  function selectionFor(variables: Variables): SelectionPlan {
    const key = conditionNames.map((name) => String(variables[name])).join();
    const known = variants.get(key);
    if (known !== undefined) return known;
    if (!rootType) throw new GraphQLError('The schema has no such operations.', { nodes: operation });
    const conditions = Object.fromEntries(
      conditionNames.filter((name) => name in variables).map((name) => [name, variables[name]]),
    );
    const selection = createSelectionPlan({ ...parts, conditions }, rootType, [operation.selectionSet]);
    if (variants.size < MAX_VARIANTS) variants.set(key, selection);
    return selection;
  }

  return {
    operation,
    run({ rootValue, contextValue, variableValues }) {
      const { coerced, errors: mistakes } = coerceVariables(schema, operation, variableValues);
      if (mistakes !== undefined) return { errors: mistakes };
      const errors: GraphQLError[] = [];
      const run: PlanRun = { schema, rootValue, contextValue, variables: coerced, errors };
      const succeed = (data: string): PlanResult => (errors.length === 0 ? { data } : { errors, data });
      const fail = (error: unknown): PlanResult => ({
        errors: [...errors, asGraphqlError(error)],
        data: 'null',
      });
      try {
        const selection = selectionFor(coerced);
        const isSerial = operation.operation === 'mutation';
        const data = isSerial
          ? writeSerially(selection, run, rootValue)
          : writeSelection(selection, run, rootValue, undefined);
        return typeof data === 'string' ? succeed(data) : data.then(succeed, fail);
      } catch (error) {
        return fail(error);
      }
    },
  };
}

const asGraphqlError = (error: unknown): GraphQLError =>
  error instanceof GraphQLError
    ? error
    : new GraphQLError(String(error), { originalError: error instanceof Error ? error : null });

function fragmentsOf(document: DocumentNode): Readonly<Record<string, FragmentDefinitionNode>> {
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  return fragments;
}

function conditionVariables(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  visit(document, {
    Directive: (directive) => {
      visit(directive, { Variable: ({ name }) => void names.add(name.value) });
    },
  });
  return [...names];
}
