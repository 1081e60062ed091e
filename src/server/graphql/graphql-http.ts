import type { IncomingMessage, ServerResponse } from 'node:http';
import { UnauthenticatedError } from '../../domain/errors.ts';
import { bearerToken } from '../access/bearer-token.ts';
import { type CallerSlots, callerKey } from '../access/caller-slots.ts';
import { endAtExpiry } from '../access/end-at-expiry.ts';
import type { GatewayParts } from '../contracts/gateway-parts.ts';
import type { PresentError } from '../engine/error-presenter.ts';
import { type GraphqlParams, parseGetParams, parsePostParams } from '../engine/graphql-params.ts';
import type { Caller } from '../engine/operation-context.ts';
import type { OperationRunner, PreparedOperation } from '../engine/operation-runner.ts';
import { StreamError } from '../engine/result-encoder.ts';
import type { GraphiqlPage } from '../graphiql/graphiql-page.ts';
import { type ConnectionRoom, NO_ROOM } from '../http/connection-room.ts';
import { corsHeaders, sendPreflight } from '../http/cors.ts';
import { HttpError } from '../http/http-error.ts';
import { HangUp, type HttpExchange, requireMethod, sendText } from '../http/http-exchange.ts';
import { type LoadMonitor, RETRY_AFTER_OVERLOAD_SECONDS } from '../http/load-monitor.ts';
import { EVENT_STREAM_TYPE, HTML_TYPE, JSON_TYPE, negotiateMediaType } from '../http/media-type.ts';
import { isCsrfSafe, type OriginPolicy } from '../http/origin-policy.ts';
import { isUtf16Charset, readBody, utf16Refused } from '../http/read-body.ts';
import { type StreamedEvent, sendEventStream } from './event-stream.ts';
import { type GraphqlExchange, sendGraphqlResult, sendRefusal, sendRequestError } from './graphql-answer.ts';

export interface GraphqlHttpParts
  extends Pick<GatewayParts, 'authenticator' | 'clock' | 'limits' | 'metrics'> {
  readonly runner: OperationRunner;
  readonly presentError: PresentError;
  readonly origins: OriginPolicy;
  readonly load: LoadMonitor;
  readonly room: ConnectionRoom;
  readonly streamSlots: CallerSlots;
  /** The streams that are open: a drain ends them. */
  readonly openStreams: Set<ServerResponse>;
  /** Null: GraphiQL is off. */
  readonly page: GraphiqlPage | null;
}

const JSON_BODY = /^application\/json *(; *charset="?utf-8"? *)?$/i;

/** GraphQL over HTTP: GET and POST, answers as JSON or as Server-Sent Events, GraphiQL for a browser. */
export function createGraphqlHttp(parts: GraphqlHttpParts): (exchange: HttpExchange) => Promise<void> {
  return async (exchange) => {
    const given = negotiateMediaType(exchange.request.headers.accept);
    const headers = corsHeaders(exchange, parts.origins);
    const graphql: GraphqlExchange = { ...exchange, headers, mediaType: given ?? JSON_TYPE };
    try {
      if (given === null)
        throw new HttpError(406, 'NOT_ACCEPTABLE', `Accept ${JSON_TYPE} or ${EVENT_STREAM_TYPE}.`);
      await answer(graphql, parts);
    } catch (error) {
      if (error instanceof HttpError) sendRequestError(graphql, error);
      else sendRefusal(graphql, [parts.presentError(error, 'execution', exchange)]);
    }
  };
}

async function answer(exchange: GraphqlExchange, parts: GraphqlHttpParts): Promise<void> {
  const { request, headers, mediaType } = exchange;
  if (!parts.origins.isAllowed(request))
    throw new HttpError(403, 'FORBIDDEN', 'Pages of this origin may not call: list it in CORS_ORIGINS.');
  if (request.method === 'OPTIONS') return sendPreflight(exchange, headers);
  requireMethod(exchange, 'GET', 'POST');
  const isGet = request.method === 'GET';
  if (isGet && mediaType === HTML_TYPE) {
    if (parts.page !== null) return parts.page.send(exchange);
    if (!asksSomething(request)) return sendText(exchange, 404, GRAPHIQL_IS_OFF);
  }
  refuseOverload(parts);
  if (isGet && !parts.origins.isListed(request.headers.origin) && !isCsrfSafe(request))
    throw new HttpError(
      403,
      'CSRF_PREVENTED',
      'A GET needs a header that pages of other sites cannot send: add `graphql-require-preflight: 1`.',
    );

  const { caller, expiresAtMs } = await identify(exchange, parts);
  const params = isGet ? parseGetParams(request) : await readParams(exchange, parts);
  const lastEventId = mediaType === EVENT_STREAM_TYPE ? headerText(request.headers['last-event-id']) : null;
  const operation = parts.runner.prepare({ params, lastEventId, caller });
  if (operation.kind === 'refusal') return sendRefusal(exchange, operation.errors);
  if (isGet && operation.type === 'mutation')
    throw new HttpError(405, 'METHOD_NOT_ALLOWED', 'Mutations need POST.', { allow: 'POST' });
  if (mediaType === EVENT_STREAM_TYPE) return stream(exchange, operation, { parts, caller, expiresAtMs });
  if (operation.type === 'subscription')
    throw new HttpError(
      406,
      'NOT_ACCEPTABLE',
      `Subscriptions need \`Accept: ${EVENT_STREAM_TYPE}\`, or a WebSocket.`,
    );
  await sendOutcome(exchange, operation);
}

/** Without the name of the page: scanners take its name for the page itself. */
const GRAPHIQL_IS_OFF =
  'GraphQL is served here: POST your operations. The page for a browser is off; the setting that switches it on is in .env.example.\n';

/** An address that a person typed with a query in it is answered, also without a page. */
const asksSomething = ({ url = '' }: IncomingMessage): boolean => url.includes('?');

function refuseOverload({ load, metrics }: GraphqlHttpParts): void {
  if (load.isOverloaded) throw overloaded('The gateway has more to do than it can: try again.', metrics);
}

function overloaded(sentence: string, metrics: GraphqlHttpParts['metrics']): HttpError {
  metrics.shedRequests.inc({ route: 'graphql' });
  const headers = { 'retry-after': String(RETRY_AFTER_OVERLOAD_SECONDS) };
  return new HttpError(503, 'OVERLOADED', sentence, headers);
}

interface KnownCaller {
  readonly caller: Caller;
  /** When the token ends; null when it never does. */
  readonly expiresAtMs: number | null;
}

async function identify(
  { request, response, requestId }: GraphqlExchange,
  { authenticator, origins }: GraphqlHttpParts,
): Promise<KnownCaller> {
  const { authorization } = request.headers;
  const { viewer, expiresAtMs } = await authenticator.authenticate(bearerToken(authorization));
  if (authorization === undefined && !origins.isKnownHost(request))
    throw new HttpError(403, 'FORBIDDEN', 'This host name is not known here: set PUBLIC_URL to it.');
  return { caller: { requestId, viewer, hangUp: new HangUp(response) }, expiresAtMs };
}

async function readParams(
  { request }: GraphqlExchange,
  { limits }: GraphqlHttpParts,
): Promise<GraphqlParams> {
  // Only JSON: a page of another site cannot send it without being asked first.
  const type = request.headers['content-type'] ?? '';
  if (!JSON_BODY.test(type)) {
    if (isUtf16Charset(type)) throw utf16Refused();
    throw new HttpError(415, 'UNSUPPORTED_MEDIA_TYPE', `Send \`Content-Type: ${JSON_TYPE}\` in UTF-8.`);
  }
  return parsePostParams(
    await readBody(request, { maxBytes: limits.bodyBytes, timeoutMs: limits.bodyTimeoutMs }),
  );
}

const headerText = (value: string | readonly string[] | undefined): string | null =>
  typeof value === 'string' && value !== '' ? value : null;

async function sendOutcome(exchange: GraphqlExchange, operation: PreparedOperation): Promise<void> {
  const outcome = await operation.run();
  if (outcome.kind === 'result') return sendGraphqlResult(exchange, 200, outcome.body);
  if (outcome.kind === 'refusal') return sendRefusal(exchange, outcome.errors);
  await outcome.events.return?.();
  throw new HttpError(406, 'NOT_ACCEPTABLE', 'The answer is a stream.');
}

async function stream(
  exchange: GraphqlExchange,
  operation: PreparedOperation,
  { parts, caller, expiresAtMs }: KnownCaller & { readonly parts: GraphqlHttpParts },
): Promise<void> {
  const release = parts.streamSlots.take(callerKey(caller.viewer, exchange.request));
  if (release === null)
    throw new HttpError(429, 'LIMIT_EXCEEDED', 'Too many streams are open: end one of them.', {
      'retry-after': '5',
    });
  const { request, response } = exchange;
  const leaveRoom = parts.room.hold(request.socket);
  if (leaveRoom === null) {
    release();
    throw overloaded(NO_ROOM, parts.metrics);
  }
  parts.openStreams.add(response);
  try {
    const outcome = await operation.run();
    if (outcome.kind === 'refusal') return sendRefusal(exchange, outcome.errors);
    const createError = () => tokenHasExpired(parts, caller);
    const events =
      outcome.kind === 'events'
        ? endAtExpiry(outcome.events, { expiresAtMs, clock: parts.clock, createError })
        : once(outcome.body);
    await sendEventStream(exchange, events, exchange.headers);
  } finally {
    parts.openStreams.delete(response);
    leaveRoom();
    release();
  }
}

const tokenHasExpired = ({ presentError }: GraphqlHttpParts, caller: Caller): StreamError =>
  new StreamError([presentError(new UnauthenticatedError('The token has expired.'), 'execution', caller)]);

async function* once(body: string): AsyncGenerator<StreamedEvent, undefined> {
  yield { body, cursor: null };
}
