import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLError,
  NoSchemaIntrospectionCustomRule,
  specifiedRules,
} from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import type { OperationContext } from '../../context.ts';
import type { GatewayParts } from '../contracts/gateway-parts.ts';
import { type CheckedDocument, createDocumentCache } from './document-cache.ts';
import { createPlanner, type OperationPlan } from './operation-plan.ts';
import { createSharedEvents, type EventResult } from './shared-events.ts';

export type GraphqlEngine = ReturnType<typeof createGraphqlEngine>;

/**
 * GraphQL itself: Yoga's plugin chain, without its HTTP layer. Parsing and validation are cached, execution is compiled,
 * events are executed once. Errors leave here as they are: the operation runner presents them.
 */
export function createGraphqlEngine(
  { schema, queryLimits, server }: Pick<GatewayParts, 'schema' | 'queryLimits' | 'server'>,
  freshContext: (context: OperationContext) => OperationContext,
) {
  const rules = [...specifiedRules];
  if (!server.isIntrospectionOn) rules.push(NoSchemaIntrospectionCustomRule);
  const yoga = createYoga<object, OperationContext>({
    schema,
    plugins: [
      useDocumentCache(
        createDocumentCache({
          schema,
          rules,
          limitRules: queryLimits.validationRules,
          maxTokens: queryLimits.maxTokens,
          hidesSchema: !server.isIntrospectionOn,
        }),
      ),
      usePlannedExecution(createPlanner(schema), createSharedEvents(freshContext)),
    ],
    maskedErrors: false,
    graphiql: false,
    landingPage: false,
    multipart: false,
    batching: false,
    cors: false,
    logging: false,
    maxRequestBodySize: false,
    parserAndValidationCache: false,
  });
  return { schema, getEnveloped: yoga.getEnveloped };
}

function useDocumentCache(check: (text: string) => CheckedDocument): Plugin {
  const errorsOf = new WeakMap<DocumentNode, readonly GraphQLError[]>();
  return {
    onParse({ params, setParsedDocument }) {
      const { document, errors } = check(params.source.toString());
      errorsOf.set(document, errors);
      setParsedDocument(document);
    },
    onValidate({ params, setResult }) {
      const errors = errorsOf.get(params.documentAST);
      if (errors !== undefined) setResult([...errors]);
    },
  };
}

type Planner = ReturnType<typeof createPlanner>;
type SharedEvents = ReturnType<typeof createSharedEvents>;

function usePlannedExecution(planFor: Planner, shareEvents: SharedEvents): Plugin<object, OperationContext> {
  return {
    onExecute({ args, setExecuteFn }) {
      const plan = planFor(args.document, args.operationName ?? null);
      if (plan !== null)
        setExecuteFn((given: ExecutionArgs) =>
          plan.run({
            rootValue: given.rootValue,
            contextValue: given.contextValue,
            variableValues: given.variableValues ?? {},
          }),
        );
    },
    onSubscribe({ args, setSubscribeFn }) {
      const plan = planFor(args.document, args.operationName ?? null);
      if (plan !== null) setSubscribeFn((given: ExecutionArgs) => openEvents(given, plan, shareEvents));
    },
  };
}

async function openEvents(
  args: ExecutionArgs,
  plan: OperationPlan,
  shareEvents: SharedEvents,
): Promise<ExecutionResult | AsyncIterableIterator<EventResult>> {
  const source = await createSourceEventStream(args);
  if (!(Symbol.asyncIterator in source)) return source;
  const execute = shareEvents({
    plan,
    document: args.document,
    variableValues: args.variableValues ?? {},
    context: args.contextValue as OperationContext,
  });
  return mapEvents(source[Symbol.asyncIterator](), execute);
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
