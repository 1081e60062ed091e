import {
  createSourceEventStream,
  type DocumentNode,
  NoSchemaIntrospectionCustomRule,
  specifiedRules,
} from 'graphql';
import type { OperationContext } from '../../context.ts';
import type { GatewayParts } from '../contracts/gateway-parts.ts';
import { createDocumentCache } from './document-cache.ts';
import { createPlanner, type OperationPlan, type PlanResult } from './operation-plan.ts';
import { createSharedEvents, type EventResult } from './shared-events.ts';
import type { Variables } from './value-writer.ts';

export type GraphqlEngine = ReturnType<typeof createGraphqlEngine>;

export interface EngineOperation {
  readonly document: DocumentNode;
  readonly operationName: string | null;
  readonly variables: Variables;
  readonly context: OperationContext;
}

/**
 * GraphQL itself: documents are parsed, validated and planned once, events are executed once. Errors leave here as they
 * are: the operation runner presents them.
 */
export function createGraphqlEngine(
  { schema, queryLimits, server }: Pick<GatewayParts, 'schema' | 'queryLimits' | 'server'>,
  freshContext: (context: OperationContext) => OperationContext,
) {
  const rules = [...specifiedRules];
  if (!server.isIntrospectionOn) rules.push(NoSchemaIntrospectionCustomRule);
  const check = createDocumentCache({
    schema,
    rules,
    limitRules: queryLimits.validationRules,
    maxTokens: queryLimits.maxTokens,
    hidesSchema: !server.isIntrospectionOn,
  });
  const planFor = createPlanner(schema);
  const shareEvents = createSharedEvents(freshContext);

  async function openEvents(
    plan: OperationPlan,
    { document, operationName, variables, context }: EngineOperation,
  ): Promise<PlanResult | AsyncIterableIterator<EventResult>> {
    const request = { document, operationName, variableValues: variables, contextValue: context };
    const source = await createSourceEventStream({ schema, ...request });
    if (!(Symbol.asyncIterator in source)) return { errors: source.errors };
    const execute = shareEvents({ plan, document, variableValues: variables, context });
    return mapEvents(source[Symbol.asyncIterator](), execute);
  }

  return {
    schema,
    check,
    planFor,
    /** Runs an operation of a document that was checked. */
    start(operation: EngineOperation) {
      const { document, operationName, variables, context } = operation;
      const plan = planFor(document, operationName);
      if (plan === null) throw new Error('The document has no such operation.');
      if (plan.operation.operation === 'subscription') return openEvents(plan, operation);
      return plan.run({ rootValue: undefined, contextValue: context, variableValues: variables });
    },
  };
}

type MappedStep = IteratorResult<EventResult>;

/** By hand, not a generator: `return()` must reach the source at once, also while it is parked in `next()`. */
function mapEvents(
  source: AsyncIterator<unknown>,
  execute: (payload: unknown) => EventResult | Promise<EventResult>,
): AsyncIterableIterator<EventResult> {
  const ended = { value: undefined, done: true as const };
  // No promise but where there is something to wait for: this runs for every subscriber of every event.
  const mapped = (step: IteratorResult<unknown>): MappedStep | Promise<MappedStep> => {
    if (step.done) return ended;
    const result = execute(step.value);
    return result instanceof Promise ? result.then(yielded) : yielded(result);
  };
  const yielded = (value: EventResult): MappedStep => ({ value, done: false });
  return {
    next: () => source.next().then(mapped),
    async return() {
      await source.return?.();
      return ended;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
