import type { OperationContext } from '../../context.ts';
import { BadUserInputError } from '../../domain/errors.ts';
import type { GatewayParts } from '../contracts/gateway-parts.ts';
import { documentText } from './document-text.ts';
import type { GraphqlEngine } from './graphql-engine.ts';
import type { GraphqlParams } from './graphql-params.ts';
import { createResumer } from './last-event-id.ts';
import type { Caller } from './operation-context.ts';
import { createSharedQueries, type Executed, RunningQuery, sharedQueryKey } from './shared-queries.ts';
import { WaitingCallers } from './waiting-callers.ts';

export type OperationType = 'query' | 'mutation' | 'subscription';

export interface OperationRequest {
  readonly params: GraphqlParams;
  /** What the caller saw last, when it comes back by `Last-Event-ID`. */
  readonly lastEventId: string | null;
  readonly caller: Caller;
}

/** An operation that may run. */
export interface ReadyOperation {
  readonly type: OperationType;
  /** As the caller named it. */
  readonly name: string | null;
  /** Once. */
  readonly execute: () => Promise<Executed>;
}

interface CheckedOperation extends ReadyOperation {
  readonly callers: WaitingCallers;
}

export interface CheckParts extends Pick<GatewayParts, 'queryLimits' | 'trustedDocuments'> {
  readonly engine: GraphqlEngine;
  readonly createContext: (caller: Caller) => OperationContext;
}

export class InvalidDocumentError extends Error {
  override readonly name = 'InvalidDocumentError';
  constructor(readonly errors: readonly Error[]) {
    super('The document is not valid.');
  }
}

/**
 * Parses, validates and limits an operation; what another caller asks in the same turn was checked already, and is joined.
 * The returned function throws an InvalidDocumentError, or the one error that stands against the operation.
 */
export function createOperationCheck(parts: CheckParts): (request: OperationRequest) => ReadyOperation {
  const { engine } = parts;
  const resume = createResumer(engine.schema);
  const sharedQueries = createSharedQueries();

  function join(key: string, caller: Caller): ReadyOperation | null {
    const running = sharedQueries.find(key);
    if (running === undefined || running.isAbandoned) return null;
    return { type: 'query', name: running.name, execute: () => running.join(caller) };
  }

  function share(key: string, { type, name, callers, execute }: CheckedOperation): ReadyOperation {
    if (type !== 'query') return { type, name, execute };
    const executeForAll = () => {
      const executed = execute();
      sharedQueries.add(key, new RunningQuery(name, callers, executed));
      return executed;
    };
    return { type, name, execute: executeForAll };
  }

  function check({ params, lastEventId, caller }: OperationRequest): CheckedOperation {
    const { operationName } = params;
    const callers = new WaitingCallers(caller.hangUp);
    const context = parts.createContext({ ...caller, hangUp: callers });
    const { document, errors } = engine.check(documentText(params, parts.trustedDocuments));
    if (errors.length > 0) throw new InvalidDocumentError(errors);
    const asked = { document, variables: params.variables };
    const plan = engine.planFor(document, operationName);
    if (plan === null) throw new BadUserInputError(MISSING_OPERATION);
    parts.queryLimits.checkOperation({ ...asked, operationName });
    const resumed = lastEventId === null ? asked : resume(asked, operationName, lastEventId);
    const execute = async (): Promise<Executed> => ({
      result: await engine.start({ ...resumed, operationName, context }),
      cost: context.provider.cost,
    });
    const { operation, name } = plan.operation;
    return { type: operation, name: name?.value ?? null, callers, execute };
  }

  return (request) => {
    const key = sharedQueryKey(request.params, request.caller);
    return join(key, request.caller) ?? share(key, check(request));
  };
}

const MISSING_OPERATION =
  'The document has no such operation, or several: name one of them with `operationName`.';
