import type { ExecutionResult } from 'graphql';
import type { UpstreamCost } from '../../rest/provider-session.ts';
import { audienceOf } from './audience.ts';
import type { GraphqlParams } from './graphql-params.ts';
import type { Caller } from './operation-context.ts';
import type { EventResult } from './shared-events.ts';
import type { WaitingCallers } from './waiting-callers.ts';

/** What an operation came to. */
export interface Executed {
  readonly result: ExecutionResult | AsyncIterableIterator<EventResult>;
  /** What it cost its caller at the provider. */
  readonly cost: UpstreamCost;
  /** The whole answer as JSON, once it was encoded; kept when it is the same for everyone who gets it. */
  body?: string;
}

/** A query that is being executed. */
export interface RunningQuery {
  /** As its callers named it. */
  readonly name: string | null;
  /** True once all of its callers left: it is being given up, and nobody may join it. */
  isAbandoned(): boolean;
  join(caller: Caller): Promise<Executed>;
}

/** @param executed for the one who asked first; all who join get one object together */
export function createRunningQuery(
  name: string | null,
  callers: WaitingCallers,
  executed: Promise<Executed>,
): RunningQuery {
  let joined: Promise<Executed> | null = null;
  return {
    name,
    isAbandoned: () => callers.areGone,
    join(caller) {
      callers.join(caller.hangUp);
      joined ??= executed.then(({ result, cost }) => ({ result, cost: costOfJoining(cost) }));
      return joined;
    },
  };
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

/** The same for all who get the same answer. A query can ask who its caller is, so callers of another name are others. */
export const sharedQueryKey = (
  { query, documentId, operationName, variables }: GraphqlParams,
  { viewer }: Caller,
): string =>
  audienceOf(viewer) + JSON.stringify([viewer.subject, query, documentId, operationName, variables]);

/** Who joined made no calls, but had all of them shared. */
const costOfJoining = ({ calls, coalesced, cached }: UpstreamCost): UpstreamCost => ({
  calls: 0,
  coalesced: calls + coalesced,
  cached,
});
