import type { UpstreamCost } from '../../rest/provider-session.ts';
import { audienceOf } from './audience.ts';
import type { GraphqlParams } from './graphql-params.ts';
import type { Caller } from './operation-context.ts';
import type { PlanResult } from './operation-plan.ts';
import type { EventResult } from './shared-events.ts';
import type { WaitingCallers } from './waiting-callers.ts';

/** What an operation came to. */
export interface Executed {
  readonly result: PlanResult | AsyncIterableIterator<EventResult>;
  /** What it cost its caller at the provider. */
  readonly cost: UpstreamCost;
  /** The whole answer as JSON, once it was encoded; kept when it is the same for everyone who gets it. */
  body?: string;
}

/** A query that is being executed. */
export class RunningQuery {
  /** As its callers named it. */
  readonly name: string | null;
  readonly #callers: WaitingCallers;
  readonly #executed: Promise<Executed>;
  #joined: Promise<Executed> | null = null;

  /** @param executed for the one who asked first; all who join get one object together */
  constructor(name: string | null, callers: WaitingCallers, executed: Promise<Executed>) {
    this.name = name;
    this.#callers = callers;
    this.#executed = executed;
  }

  /** True once all of its callers left: it is being given up, and nobody may join it. */
  get isAbandoned(): boolean {
    return this.#callers.areGone;
  }

  join(caller: Caller): Promise<Executed> {
    this.#callers.join(caller.hangUp);
    this.#joined ??= this.#executed.then(asJoined);
    return this.#joined;
  }
}

/**
 * Queries under way, for others who ask the same in the same turn of the event loop. Only in that turn: all of them were sent
 * before any of them was answered, so nobody gets an answer that is older than what they already know.
 */
export function createSharedQueries() {
  let ofThisTurn = new Map<string, RunningQuery>();
  // A new map: a cleared one stays tied to what it held, and keeps it from the garbage collector for long.
  const endTurn = () => {
    ofThisTurn = new Map();
  };
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
const asJoined = ({ result, cost: { calls, coalesced, cached } }: Executed): Executed => ({
  result,
  cost: { calls: 0, coalesced: calls + coalesced, cached },
});
