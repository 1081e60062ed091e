import type { GraphQLFormattedError } from 'graphql';
import { hideDigits } from '../../logger/redact-value.ts';
import type { GatewayParts } from '../contracts/gateway-parts.ts';
import { traceOperation } from '../tracing/operation-channel.ts';
import { isAbandoned, type PresentError } from './error-presenter.ts';
import {
  type CheckParts,
  createOperationCheck,
  InvalidDocumentError,
  type OperationRequest,
  type OperationType,
  type ReadyOperation,
} from './operation-check.ts';
import type { Caller } from './operation-context.ts';
import { createResultEncoder, type EncodedEvent } from './result-encoder.ts';

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

export interface PreparedOperation {
  readonly kind: 'prepared';
  readonly type: OperationType;
  /** Runs it, once. Never rejects; the events of a subscription may throw a StreamError. */
  run(): Promise<OperationOutcome>;
}

export interface RunnerParts extends CheckParts, Pick<GatewayParts, 'metrics' | 'logger'> {
  readonly presentError: PresentError;
}

export type OperationRunner = ReturnType<typeof createOperationRunner>;

/** The way every operation goes, over HTTP, SSE and WebSocket alike: check, execute, present. */
export function createOperationRunner(parts: RunnerParts) {
  const { presentError, metrics, logger } = parts;
  const checkOperation = createOperationCheck(parts);
  const encoder = createResultEncoder(presentError);

  /** Never throws: what cannot run is a refusal. */
  function prepare(request: OperationRequest): PreparedOperation | Refusal {
    try {
      const operation = checkOperation(request);
      return { kind: 'prepared', type: operation.type, run: () => run(operation, request.caller) };
    } catch (error) {
      metrics.operations.inc({ type: 'query', outcome: 'refused' });
      const { requestId } = request.caller;
      const causes: readonly unknown[] = error instanceof InvalidDocumentError ? error.errors : [error];
      const errors = causes.map((each) => presentError(each, 'request', request.caller));
      logger.debug({ requestId, outcome: 'refused', code: codeOf(errors) }, 'operation');
      return { kind: 'refusal', errors };
    }
  }

  async function run({ type, name, execute }: ReadyOperation, caller: Caller): Promise<OperationOutcome> {
    const startedAt = performance.now();
    const settled = await traceOperation({ type, name }, () => settle(caller, execute));
    const durationMs = performance.now() - startedAt;
    const outcome = outcomeLabel(settled);
    const { upstreamCalls } = settled;
    metrics.operationDuration.observe({ type }, durationMs / 1000);
    metrics.operations.inc({ type, outcome });
    if (logger.isLevelEnabled('debug')) {
      const described = { ...describeFor(caller), type, name: name === null ? null : hideDigits(name) };
      logger.debug({ ...described, upstreamCalls, outcome, durationMs: round(durationMs) }, 'operation');
    }
    return settled;
  }

  async function settle(caller: Caller, execute: ReadyOperation['execute']) {
    try {
      const executed = await execute();
      const { result } = executed;
      const upstreamCalls = executed.cost.calls;
      if (Symbol.asyncIterator in result)
        return { kind: 'events', events: encoder.encodeEvents(result, caller), upstreamCalls } as const;
      const { errors, body } = encoder.encodeResult(result, executed, caller);
      const wasLeft = result.errors?.some((error) => isAbandoned(error, caller)) === true;
      if (body === null) return { kind: 'refusal', errors, wasLeft, upstreamCalls } as const;
      return { kind: 'result', body, hasErrors: errors.length > 0, wasLeft, upstreamCalls } as const;
    } catch (error) {
      return {
        kind: 'refusal',
        errors: [presentError(error, 'execution', caller)],
        wasLeft: isAbandoned(error, caller),
        upstreamCalls: 0,
      } as const;
    }
  }

  return { prepare };
}

const codeOf = ([first]: readonly GraphQLFormattedError[]) => first?.extensions?.['code'];

/** To microseconds. */
const round = (ms: number): number => Math.round(ms * 1000) / 1000;

const describeFor = ({ requestId, viewer }: Caller) => ({ requestId, workspace: viewer.workspace });

interface Settled {
  readonly hasErrors?: boolean;
  /** Its caller hung up, and so it was given up. */
  readonly wasLeft?: boolean;
}

function outcomeLabel({ kind, hasErrors, wasLeft }: OperationOutcome & Settled) {
  if (wasLeft) return 'abandoned';
  if (kind === 'refusal') return 'refused';
  return hasErrors ? 'error' : 'ok';
}
