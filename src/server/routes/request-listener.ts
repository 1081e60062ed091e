import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GatewayParts } from '../contracts/gateway-parts.ts';
import { HttpError } from '../http/http-error.ts';
import {
  type HttpExchange,
  requireMethod,
  sendAnswer,
  sendHttpError,
  sendText,
} from '../http/http-exchange.ts';
import { requestIdOf } from '../http/request-id.ts';
import { type Route, routeOf } from '../http/route.ts';
import type { Readiness } from './health.ts';

type Handle = (exchange: HttpExchange) => Promise<void>;

export interface RequestListenerParts extends Pick<GatewayParts, 'logger' | 'metrics' | 'defaultWorkspace'> {
  readonly graphql: Handle;
  readonly download: Handle;
  readonly webhook: (exchange: HttpExchange, workspace: string) => Promise<void>;
  readonly checkReadiness: () => Promise<Readiness>;
}

type StatusClass = '1xx' | '2xx' | '3xx' | '4xx' | '5xx';
const STATUS_CLASSES: readonly StatusClass[] = ['1xx', '2xx', '3xx', '4xx', '5xx'];

/** The one door: every request gets its id, its route, an answer, and is counted. */
export function createRequestListener(parts: RequestListenerParts) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const exchange: HttpExchange = { request, response, requestId: requestIdOf(request) };
    const route = routeOf(request.url);
    response.on('error', () => {}); // the caller is gone: `close` tells
    try {
      await answer(exchange, route, parts);
    } catch (error) {
      answerError(exchange, error, parts);
    }
    const status = STATUS_CLASSES[Math.floor(response.statusCode / 100) - 1] ?? '5xx';
    parts.metrics.httpRequests.inc({ route: route.name, status });
  };
}

async function answer(exchange: HttpExchange, route: Route, parts: RequestListenerParts): Promise<void> {
  switch (route.name) {
    case 'graphql':
      return parts.graphql(exchange);
    case 'webhook':
      return parts.webhook(exchange, route.workspace ?? parts.defaultWorkspace);
    case 'export':
      return parts.download(exchange);
    case 'healthz':
      requireMethod(exchange, 'GET', 'HEAD');
      return sendText(exchange, 200, 'ok\n');
    case 'readyz':
      return sendReadiness(exchange, parts);
    case 'metrics':
      return sendMetrics(exchange, parts);
    case 'console':
    case 'other':
      throw new HttpError(404, 'NOT_FOUND', 'There is nothing here. GraphQL is at /graphql.');
    default:
      return route.name satisfies never;
  }
}

async function sendReadiness(
  exchange: HttpExchange,
  { checkReadiness }: RequestListenerParts,
): Promise<void> {
  requireMethod(exchange, 'GET', 'HEAD');
  const { isReady, failing, warning } = await checkReadiness();
  const body = JSON.stringify({
    status: isReady ? 'ready' : 'not ready',
    failing,
    ...(warning !== null && { warning }),
  });
  sendAnswer(exchange, isReady ? 200 : 503, `${body}\n`, {
    'content-type': 'application/json; charset=utf-8',
  });
}

async function sendMetrics(exchange: HttpExchange, { metrics }: RequestListenerParts): Promise<void> {
  requireMethod(exchange, 'GET', 'HEAD');
  sendAnswer(exchange, 200, await metrics.render(), { 'content-type': metrics.contentType });
}

function answerError(exchange: HttpExchange, error: unknown, { logger }: RequestListenerParts): void {
  if (error instanceof HttpError) {
    sendHttpError(exchange, error);
    return;
  }
  const { response, requestId } = exchange;
  logger.error({ err: error, requestId }, 'could not answer a request');
  if (response.headersSent) response.destroy();
  else sendText(exchange, 500, `Something went wrong here. Give the request id: ${requestId}\n`);
}
