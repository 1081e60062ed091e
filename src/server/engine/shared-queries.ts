import type { ExecutionResult } from 'graphql';
import type { UpstreamCost } from '../../rest/provider-session.ts';
import { audienceOf } from './audience.ts';
import type { GraphqlParams } from './graphql-params.ts';
import type { Caller } from './operation-context.ts';
import type { EventResult } from './shared-events.ts';
import type { WaitingCallers } from './waiting-callers.ts';

/** What an operation came to, one object for everyone who asked it together. */
export interface Executed {
  readonly result: ExecutionResult | AsyncIterableIterator<EventResult>;
  /** What it cost at the provider, whoever bears it. */
  readonly cost: UpstreamCost;
}

/** A query that is being executed. */
export interface RunningQuery {
  /** As its callers named it. */
  readonly name: string | null;
  readonly callers: WaitingCallers;
  readonly executed: Promise<Executed>;
}

/**
 * Queries under way, for others who ask the same in the same turn of the event loop. Only in that turn: all of them were sent
 * before any of them was answered, so nobody gets an answer that is older than what they already know.
 */
export function createSharedQueries() {
  const ofThisTurn = new Map<string, RunningQuery>();
  const endTurn = () => ofThisTurn.clear();
  return {
    find: (key: string): RunningQuery | undefined => ofThisTurn.get(key),
    add(key: string, query: RunningQuery): void {
      if (ofThisTurn.size === 0) setImmediate(endTurn);
      ofThisTurn.set(key, query);
    },
  };
}

/** The same for all who get the same answer. */
export const sharedQueryKey = (
  { query, documentId, operationName, variables }: GraphqlParams,
  { viewer }: Caller,
): string => audienceOf(viewer) + JSON.stringify([query, documentId, operationName, variables]);

/** Who joined made no calls, but had all of them shared. */
export const costOfJoining = ({ calls, coalesced, cached }: UpstreamCost): UpstreamCost => ({
  calls: 0,
  coalesced: calls + coalesced,
  cached,
});
