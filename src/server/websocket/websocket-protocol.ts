import { GraphQLError, parse } from 'graphql';
import { type Context, makeServer, type Server } from 'graphql-ws';
import { LimitExceededError } from '../../domain/errors.ts';
import type { GatewayParts } from '../contracts/gateway-parts.ts';
import type { PresentError } from '../engine/error-presenter.ts';
import { readParams } from '../engine/graphql-params.ts';
import type { OperationRunner } from '../engine/operation-runner.ts';
import { StreamError } from '../engine/result-encoder.ts';
import { HttpError } from '../http/http-error.ts';
import type { LoadMonitor } from '../http/load-monitor.ts';
import { createFramePump, type FramePump } from './frame-pump.ts';
import type { SocketSession } from './socket-session.ts';

export interface WebSocketProtocolParts extends Pick<GatewayParts, 'limits' | 'metrics' | 'schema'> {
  readonly runner: OperationRunner;
  readonly presentError: PresentError;
  readonly load: LoadMonitor;
}

export type ProtocolServer = Server<SocketSession>;
type SocketContext = Context<Record<string, unknown>, SocketSession>;

/** graphql-ws looks for an operation in what it runs; ours is inside the pump. */
const PLACEHOLDER = parse('{ __typename }');

const SOCKET_IS_CLOSED = new GraphQLError('', { originalError: new StreamError([]) });

/** The `graphql-transport-ws` protocol: its rules are graphql-ws's, what runs goes the way of every operation. */
export function createWebSocketProtocol(parts: WebSocketProtocolParts): ProtocolServer {
  const { limits, runner, presentError, load, metrics } = parts;

  /** @throws LimitExceededError | HttpError */
  function admit(context: SocketContext): void {
    if (load.isOverloaded) {
      metrics.shedRequests.inc({ route: 'graphql' });
      throw new HttpError(503, 'OVERLOADED', 'The gateway has more to do than it can: try again.');
    }
    if (Object.keys(context.subscriptions).length > limits.subscriptionsPerSocket)
      throw new LimitExceededError(
        `A socket carries at most ${limits.subscriptionsPerSocket} operations at a time.`,
      );
  }

  return makeServer<Record<string, unknown>, SocketSession>({
    connectionInitWaitTimeout: limits.socketInitTimeoutMs,
    onConnect: ({ connectionParams, extra }) => extra.open(connectionParams),

    async onSubscribe(context, id, payload) {
      const session = context.extra;
      const viewer = await session.revalidate();
      if (viewer === null) return [SOCKET_IS_CLOSED];
      const requestId = session.nextRequestId();
      const hangUp = new AbortController();
      const caller = { requestId, viewer, hangUp };
      const prepare = () => {
        try {
          admit(context);
          return runner.prepare({ params: readParams(payload), lastEventId: null, caller });
        } catch (error) {
          return { kind: 'refusal', errors: [presentError(error, 'request', caller)] } as const;
        }
      };
      const pump = createFramePump({ id, prepare, link: session.link, calls: session.calls, hangUp });
      return { schema: parts.schema, document: PLACEHOLDER, contextValue: pump };
    },
    execute: ({ contextValue }) => contextValue as FramePump,

    onError: ({ extra }, _id, _payload, errors) =>
      errors.flatMap((error) =>
        error.originalError instanceof StreamError
          ? error.originalError.errors
          : [presentError(error, 'execution', { requestId: extra.nextRequestId() })],
      ),
  });
}
