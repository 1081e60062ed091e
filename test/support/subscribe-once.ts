import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { openEventStream } from './event-stream-client.ts';

/** One subscription over one connection. */
export interface Subscribing {
  /** Of the replica. */
  readonly url: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Cursor of the last event; null for a subscription that begins. */
  readonly after: string | null;
  /** Of a caller who has to prove something. */
  readonly token?: string;
  /** Gets the data of each event. */
  readonly onData: (data: unknown) => void;
  /** Gets what a refusal says besides its code. */
  readonly onRefused?: (extensions: Readonly<Record<string, unknown>>) => void;
  readonly signal: AbortSignal;
}

/**
 * Subscribes, and resolves when that is over: `complete`, `aborted`, `closed 1012`, `ended`, `unreachable`, or the code of an
 * error.
 */
export type Subscribe = (subscribing: Subscribing) => Promise<string>;

interface AnswerError {
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly AnswerError[] | undefined;
}

/** By graphql-ws; the cursor is the argument `after`. */
export const subscribeOverSocket: Subscribe = (subscribing) => {
  const { url, query, variables, after, token, onData, onRefused, signal } = subscribing;
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    ...(token !== undefined && { connectionParams: { token } }),
  });
  const isOver = new Promise<string>((resolve) => {
    // A client that is only connecting tells nobody that it was disposed of.
    signal.addEventListener('abort', () => resolve('aborted'), { once: true });
    client.subscribe(
      { query, variables: { ...variables, after } },
      {
        next: (answer: Answer) => (answer.errors ? resolve(codeOf(answer)) : onData(answer.data)),
        error: (reason) => {
          if (Array.isArray(reason)) onRefused?.(extensionsOf({ errors: reason }));
          resolve(describeEnd(reason));
        },
        complete: () => resolve('complete'),
      },
    );
  });
  return isOver.finally(() => client.dispose());
};

/** As a browser's EventSource does: the cursor is the id of the last event. */
export const subscribeOverStream: Subscribe = async ({
  url,
  query,
  variables,
  after,
  token,
  onData,
  onRefused,
  signal,
}) => {
  const headers = {
    ...(after !== null && { 'last-event-id': after }),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  try {
    const stream = await openEventStream(`${url}/graphql`, { query, variables }, headers);
    signal.addEventListener('abort', stream.close, { once: true });
    if (!stream.response.ok) {
      const body = await stream.text();
      if (body.startsWith('{')) onRefused?.(extensionsOf(JSON.parse(body)));
      return describeRefusal(stream.response.status, body);
    }
    for (;;) {
      const event = await stream.next();
      if (event.event === 'complete') return 'complete';
      const answer = JSON.parse(event.data) as Answer;
      if (answer.errors) return codeOf(answer);
      onData(answer.data);
    }
  } catch (error) {
    if (signal.aborted) return 'aborted';
    return error instanceof Error && error.message === 'the stream ended' ? 'ended' : 'unreachable';
  }
};

function describeRefusal(status: number, body: string): string {
  return body.startsWith('{') ? codeOf(JSON.parse(body)) : `refused ${status}`;
}

function describeEnd(reason: unknown): string {
  if (Array.isArray(reason)) return codeOf({ errors: reason });
  if (typeof reason !== 'object' || reason === null || !('code' in reason)) return 'unreachable';
  return typeof reason.code === 'number' ? `closed ${reason.code}` : 'unreachable';
}

const extensionsOf = ({ errors = [] }: Answer) => errors[0]?.extensions ?? {};
const codeOf = (answer: Answer): string => String(extensionsOf(answer)['code'] ?? 'error');
