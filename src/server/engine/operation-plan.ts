import {
  BREAK,
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';
import { coerceVariables } from '../../schema/coerce-variables.ts';
import { settleListItems } from './settle-list-items.ts';

/** One operation of one document, ready to run as often as it is asked for. */
export interface OperationPlan {
  readonly operation: OperationDefinitionNode;
  /** Executes from a root value: nothing for a query, the event for a subscription. */
  run(run: OperationRun): ExecutionResult | Promise<ExecutionResult>;
  readonly isCompiled: boolean;
}

export interface OperationRun {
  readonly rootValue: unknown;
  readonly contextValue: unknown;
  readonly variableValues: Readonly<Record<string, unknown>>;
}

/** Compiling costs some fifty interpreted runs of a small document: one that is seen once is not worth it. */
const RUNS_BEFORE_COMPILING = 2;

/**
 * Plans are held as long as their document, and by operation name: a cache by document alone would answer one operation
 * of a document with another one's data.
 */
export function createPlanner(schema: GraphQLSchema) {
  settleListItems(schema);
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
  const name = operation.name?.value;
  const variableDefinitions = operation.variableDefinitions ?? [];
  let runs = isCompilable(document) ? 0 : Number.NEGATIVE_INFINITY;
  let compiled: CompiledQuery | null = null;

  return {
    operation,
    get isCompiled() {
      return compiled !== null;
    },
    run({ rootValue, contextValue, variableValues }) {
      if (compiled === null && ++runs > RUNS_BEFORE_COMPILING) {
        compiled = compile(schema, document, name);
        if (compiled === null) runs = Number.NEGATIVE_INFINITY;
      }
      if (compiled === null)
        return execute({
          schema,
          document,
          rootValue,
          contextValue,
          variableValues,
          operationName: name ?? null,
        });
      if (variableDefinitions.length > 0) {
        // The reference's own coercion first: its errors keep what was thrown inside a scalar, so that it can be masked.
        const coerced = coerceVariables(schema, operation, variableValues);
        if (coerced.errors) return { errors: coerced.errors };
      }
      return compiled.query(rootValue, contextValue, { ...variableValues });
    },
  };
}

function compile(schema: GraphQLSchema, document: DocumentNode, name?: string): CompiledQuery | null {
  const compiled = compileQuery(schema, document, name);
  return isCompiledQuery(compiled) ? compiled : null;
}

/**
 * What the compiler may not have. Directives: it merges conditional fragments differently from the specification.
 * Variables inside a literal: one that is not given arrives as null instead of being left out. The name that sets an
 * object's prototype. The marker: it pastes argument literals into source code and replaces strings that carry this marker with
 * expressions, so a caller could run code of its own.
 */
function isCompilable(document: DocumentNode): boolean {
  let isFine = true;
  const refuse = () => {
    isFine = false;
    return BREAK;
  };
  visit(document, {
    Directive: refuse,
    Name: ({ value }) => (value === '__proto__' ? refuse() : undefined),
    ObjectField: ({ value }) => (value.kind === Kind.VARIABLE ? refuse() : undefined),
    ListValue: ({ values }) => (values.some(({ kind }) => kind === Kind.VARIABLE) ? refuse() : undefined),
    StringValue: ({ value }) => (COMPILER_MARKER.test(value) ? refuse() : undefined),
  });
  return isFine;
}

const COMPILER_MARKER = /__MAGIC/i;
