import type { GraphQLError, GraphQLFormattedError } from 'graphql';
import type { UpstreamCost } from '../../rest/provider-session.ts';
import type { ErrorPhase, ErrorReader, PresentError } from './error-presenter.ts';
import type { PlanResult } from './operation-plan.ts';
import { EVENT_CURSOR, type EventResult } from './shared-events.ts';
import type { Executed } from './shared-queries.ts';

/** One event as it goes to a subscriber. */
export interface EncodedEvent {
  /** The result as JSON. */
  readonly body: string;
  /** The same in UTF-8. */
  readonly bytes: Uint8Array;
  /** Where to resume after this event; null when the source has no cursors. */
  readonly cursor: string | null;
}

/** A stream that broke off: what its subscriber is told. */
export class StreamError extends Error {
  override readonly name = 'StreamError';
  constructor(readonly errors: readonly GraphQLFormattedError[]) {
    super('The stream ended with an error.');
  }
}

/** Turns results into JSON, errors presented. What has no errors is encoded once, however many receive it. */
export function createResultEncoder(presentError: PresentError) {
  const encodedEvents = new WeakMap<EventResult, EncodedEvent>();

  const presentAll = ({ errors, data }: PlanResult, reader: ErrorReader) =>
    errors?.map((error) => presentError(error, phaseOf(error, data), reader));

  function encodeEvent(result: EventResult, reader: ErrorReader): EncodedEvent {
    const body = encode(result, result.cost, presentAll(result, reader));
    return { body, bytes: Buffer.from(body), cursor: result[EVENT_CURSOR] };
  }

  function encodeOnce(result: EventResult, reader: ErrorReader): EncodedEvent {
    // Errors carry the request id of the one who gets them.
    if (result.errors !== undefined) return encodeEvent(result, reader);
    const known = encodedEvents.get(result);
    if (known !== undefined) return known;
    const encoded = encodeEvent(result, reader);
    encodedEvents.set(result, encoded);
    return encoded;
  }

  return {
    /** @returns null for `body` when the operation was refused: it has errors and no data */
    encodeResult(result: PlanResult, executed: Executed, reader: ErrorReader) {
      const errors = presentAll(result, reader);
      if (errors === undefined) {
        executed.body ??= encode(result, executed.cost);
        return { errors: [], body: executed.body };
      }
      // Errors carry the request id of the one who gets them.
      return { errors, body: result.data === undefined ? null : encode(result, executed.cost, errors) };
    },
    /** By hand, as the iterator below it: `return()` goes through at once. What breaks it off becomes a StreamError. */
    encodeEvents(
      events: AsyncIterableIterator<EventResult>,
      reader: ErrorReader,
    ): AsyncIterableIterator<EncodedEvent> {
      const ended = { value: undefined, done: true as const };
      const encoded = (step: IteratorResult<EventResult>): IteratorResult<EncodedEvent> =>
        step.done ? ended : { value: encodeOnce(step.value, reader), done: false };
      const fail = (error: unknown): never => {
        throw new StreamError([presentError(error, 'execution', reader)]);
      };
      return {
        next: () => events.next().then(encoded, fail),
        async return() {
          await events.return?.();
          return ended;
        },
        [Symbol.asyncIterator]() {
          return this;
        },
      };
    },
  };
}

/** The data is JSON already. */
function encode({ data }: PlanResult, cost: UpstreamCost, errors?: readonly GraphQLFormattedError[]): string {
  const head = errors === undefined ? '{' : `{"errors":${JSON.stringify(errors)},`;
  const body = data === undefined ? '' : `"data":${data},`;
  return `${head}${body}"extensions":{"upstream":${JSON.stringify(cost)}}}`;
}

/** Without data nothing was executed, unless the error stands at a field: then the subscription's source threw it. */
const phaseOf = (error: GraphQLError, data: PlanResult['data']): ErrorPhase =>
  data === undefined && error.path === undefined ? 'request' : 'execution';
