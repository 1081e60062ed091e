import {
  type DocumentNode,
  type ExecutionResult,
  type GraphQLFormattedError,
  getOperationAST,
} from 'graphql';
import type { OperationContext } from '../../context.ts';
import { BadUserInputError } from '../../domain/errors.ts';
import type { GatewayParts } from '../contracts/gateway-parts.ts';
import { traceOperation } from '../tracing/operation-channel.ts';
import { documentText } from './document-text.ts';
import type { PresentError } from './error-presenter.ts';
import type { GraphqlEngine } from './graphql-engine.ts';
import type { GraphqlParams } from './graphql-params.ts';
import { createResumer } from './last-event-id.ts';
import type { Caller } from './operation-context.ts';
import { createResultEncoder, type EncodedEvent } from './result-encoder.ts';
import type { EventResult } from './shared-events.ts';

/** An operation that was not begun, or that ended without data because of what was asked. */
export interface Refusal {
  readonly kind: 'refusal';
  readonly errors: readonly GraphQLFormattedError[];
}

export type OperationOutcome =
  | Refusal
  /** `body` is the whole answer as JSON. */
  | { readonly kind: 'result'; readonly body: string }
  | { readonly kind: 'events'; readonly events: AsyncIterableIterator<EncodedEvent> };

export type OperationType = 'query' | 'mutation' | 'subscription';

export interface PreparedOperation {
  readonly kind: 'prepared';
  readonly type: OperationType;
  /** Runs it, once. Never rejects; the events of a subscription may throw a StreamError. */
  run(): Promise<OperationOutcome>;
}

export interface OperationRequest {
  readonly params: GraphqlParams;
  /** What the caller saw last, when it comes back by `Last-Event-ID`. */
  readonly lastEventId: string | null;
  readonly caller: Caller;
}

export interface RunnerParts
  extends Pick<GatewayParts, 'queryLimits' | 'trustedDocuments' | 'metrics' | 'logger'> {
  readonly engine: GraphqlEngine;
  readonly presentError: PresentError;
  readonly createContext: (caller: Caller) => OperationContext;
}

interface ReadyOperation {
  readonly type: OperationType;
  /** As the caller named it. */
  readonly name: string | null;
  readonly context: OperationContext;
  readonly execute: () => Promise<ExecutionResult | AsyncIterableIterator<EventResult>>;
}

export type OperationRunner = ReturnType<typeof createOperationRunner>;

/** The way every operation goes, over HTTP, SSE and WebSocket alike: parse, validate, limit, execute, present. */
export function createOperationRunner(parts: RunnerParts) {
  const { engine, presentError, metrics, logger } = parts;
  const resume = createResumer(engine.schema);
  const encoder = createResultEncoder(presentError);

  /** Never throws: what cannot run is a refusal. */
  function prepare(request: OperationRequest): PreparedOperation | Refusal {
    try {
      const operation = check(request);
      return { kind: 'prepared', type: operation.type, run: () => run(operation) };
    } catch (error) {
      metrics.operations.inc({ type: 'query', outcome: 'refused' });
      const { requestId } = request.caller;
      const causes: readonly unknown[] = error instanceof InvalidDocument ? error.errors : [error];
      const errors = causes.map((each) => presentError(each, 'request', requestId));
      logger.debug({ requestId, outcome: 'refused', code: codeOf(errors) }, 'operation');
      return { kind: 'refusal', errors };
    }
  }

  function check({ params, lastEventId, caller }: OperationRequest): ReadyOperation {
    const { operationName } = params;
    const context = parts.createContext(caller);
    const enveloped = engine.getEnveloped(context);
    const checked: DocumentNode = enveloped.parse(documentText(params, parts.trustedDocuments));
    const invalid = enveloped.validate(engine.schema, checked);
    if (invalid.length > 0) throw new InvalidDocument(invalid);
    const operation = getOperationAST(checked, operationName);
    if (!operation) throw new BadUserInputError(MISSING_OPERATION);
    const asked = { document: checked, variables: params.variables };
    parts.queryLimits.checkOperation({ ...asked, operationName });
    const { document, variables } = lastEventId === null ? asked : resume(asked, operationName, lastEventId);
    const type = operation.operation;
    const start = type === 'subscription' ? enveloped.subscribe : enveloped.execute;
    const execute = async () =>
      start({
        schema: engine.schema,
        document,
        operationName,
        variableValues: variables,
        contextValue: await enveloped.contextFactory(),
      });
    return { type, name: operation.name?.value ?? null, context, execute };
  }

  async function run({ type, name, context, execute }: ReadyOperation): Promise<OperationOutcome> {
    const startedAt = performance.now();
    const settled = await traceOperation({ type, name }, () => settle(context, execute));
    const durationMs = performance.now() - startedAt;
    const outcome = outcomeLabel(settled);
    metrics.operationDuration.observe({ type }, durationMs / 1000);
    metrics.operations.inc({ type, outcome });
    if (logger.isLevelEnabled('debug'))
      logger.debug(
        { ...describeFor(context), type, name, outcome, durationMs: round(durationMs) },
        'operation',
      );
    return settled;
  }

  async function settle(context: OperationContext, execute: ReadyOperation['execute']) {
    const { requestId, provider } = context;
    try {
      const result = await execute();
      if (Symbol.asyncIterator in result)
        return { kind: 'events', events: encoder.encodeEvents(result, requestId), hasErrors: false } as const;
      const { errors, body } = encoder.encodeResult(result, requestId, provider.cost);
      if (body === null) return { kind: 'refusal', errors } as const;
      return { kind: 'result', body, hasErrors: errors.length > 0 } as const;
    } catch (error) {
      return { kind: 'refusal', errors: [presentError(error, 'execution', requestId)] } as const;
    }
  }

  return { prepare };
}

const MISSING_OPERATION =
  'The document has no such operation, or several: name one of them with `operationName`.';

class InvalidDocument extends Error {
  constructor(readonly errors: readonly Error[]) {
    super('The document is not valid.');
  }
}

const codeOf = ([first]: readonly GraphQLFormattedError[]) => first?.extensions?.['code'];

/** To microseconds. */
const round = (ms: number): number => Math.round(ms * 1000) / 1000;

const describeFor = ({ requestId, viewer, provider }: OperationContext) => ({
  requestId,
  workspace: viewer.workspace,
  upstreamCalls: provider.cost.calls,
});

const outcomeLabel = (outcome: OperationOutcome & { readonly hasErrors?: boolean }) =>
  outcome.kind === 'refusal' ? 'refused' : outcome.hasErrors ? 'error' : 'ok';
