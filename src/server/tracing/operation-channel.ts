import { tracingChannel } from 'node:diagnostics_channel';

/** One GraphQL operation, as whoever traces it sees it. */
export interface TracedOperation {
  readonly type: string;
  /** As the caller named it. */
  readonly name: string | null;
  /** Once it has ended. */
  readonly result?: { readonly kind: string; readonly hasErrors?: boolean };
}

/** Nobody listens unless traces are asked for, and then an operation costs nothing more. */
export const graphqlOperations = tracingChannel<unknown, TracedOperation>('sms-gateway:graphql-operation');

export function traceOperation<Result extends { readonly kind: string }>(
  operation: TracedOperation,
  run: () => Promise<Result>,
): Promise<Result> {
  return graphqlOperations.start.hasSubscribers ? graphqlOperations.tracePromise(run, operation) : run();
}
