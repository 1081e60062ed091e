import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MetricsAccess } from '../../config/server-config.ts';
import { bearerToken } from '../access/bearer-token.ts';
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

export interface AdminListenerParts extends Pick<GatewayParts, 'logger' | 'metrics'> {
  readonly checkReadiness: () => Promise<Readiness>;
}

export interface RequestListenerParts
  extends AdminListenerParts,
    Pick<GatewayParts, 'defaultWorkspace' | 'server'> {
  readonly graphql: Handle;
  readonly download: Handle;
  readonly webhook: (exchange: HttpExchange, workspace: string) => Promise<void>;
}

type StatusClass = '1xx' | '2xx' | '3xx' | '4xx' | '5xx';
const STATUS_CLASSES: readonly StatusClass[] = ['1xx', '2xx', '3xx', '4xx', '5xx'];

/** The public door. */
export const createRequestListener = (parts: RequestListenerParts) =>
  createListener(parts, (exchange, route) => answer(exchange, route, parts));

/** The door for the inside: what watches the gateway, and nothing else. */
export const createAdminListener = (parts: AdminListenerParts) =>
  createListener(parts, (exchange, route) => answerAdmin(exchange, route, parts));

/** Every request gets its id, its route, an answer, and is counted. */
function createListener(
  parts: AdminListenerParts,
  answerRoute: (exchange: HttpExchange, route: Route) => Promise<void>,
) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const exchange: HttpExchange = { request, response, requestId: requestIdOf(request) };
    const route = routeOf(request.url);
    response.on('error', () => {}); // the caller is gone: `close` tells
    try {
      await answerRoute(exchange, route);
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
    case 'metrics':
      admitToMetrics(exchange, parts.server.metricsAccess);
      return answerAdmin(exchange, route, parts);
    case 'healthz':
    case 'readyz':
      return answerAdmin(exchange, route, parts);
    case 'console':
    case 'other':
      throw new HttpError(404, 'NOT_FOUND', 'There is nothing here. GraphQL is at /graphql.');
    default:
      return route.name satisfies never;
  }
}

async function answerAdmin(exchange: HttpExchange, route: Route, parts: AdminListenerParts): Promise<void> {
  switch (route.name) {
    case 'healthz':
      requireMethod(exchange, 'GET', 'HEAD');
      return sendText(exchange, 200, 'ok\n');
    case 'readyz':
      return sendReadiness(exchange, parts);
    case 'metrics':
      return sendMetrics(exchange, parts);
    default:
      throw new HttpError(404, 'NOT_FOUND', 'Here are only /metrics, /healthz and /readyz.');
  }
}

/** @throws HttpError 404, 401 */
function admitToMetrics({ request }: HttpExchange, access: MetricsAccess): void {
  switch (access.kind) {
    case 'public':
      return;
    case 'private':
      throw new HttpError(
        404,
        'NOT_FOUND',
        'Metrics are not served here: set ADMIN_PORT, METRICS_TOKEN or METRICS=public.',
      );
    case 'token':
      if (isSameToken(bearerToken(request.headers.authorization) ?? '', access.token)) return;
      throw new HttpError(401, 'UNAUTHENTICATED', 'A bearer token is needed: METRICS_TOKEN.', {
        'www-authenticate': 'Bearer',
      });
    default:
      access satisfies never;
  }
}

/** By hash, in constant time: neither length nor beginning of the right one can be felt for. */
function isSameToken(given: string, right: string): boolean {
  const digest = (token: string) => createHash('sha256').update(token).digest();
  return timingSafeEqual(digest(given), digest(right));
}

async function sendReadiness(exchange: HttpExchange, { checkReadiness }: AdminListenerParts): Promise<void> {
  requireMethod(exchange, 'GET', 'HEAD');
  const { isReady, ...details } = await checkReadiness();
  const body = JSON.stringify({ status: isReady ? 'ready' : 'not ready', ...details });
  sendAnswer(exchange, isReady ? 200 : 503, `${body}\n`, {
    'content-type': 'application/json; charset=utf-8',
  });
}

async function sendMetrics(exchange: HttpExchange, { metrics }: AdminListenerParts): Promise<void> {
  requireMethod(exchange, 'GET', 'HEAD');
  sendAnswer(exchange, 200, await metrics.render(), { 'content-type': metrics.contentType });
}

function answerError(exchange: HttpExchange, error: unknown, { logger }: AdminListenerParts): void {
  if (error instanceof HttpError) {
    sendHttpError(exchange, error);
    return;
  }
  const { response, requestId } = exchange;
  logger.error({ err: error, requestId }, 'could not answer a request');
  if (response.headersSent) response.destroy();
  else sendText(exchange, 500, `Something went wrong here. Give the request id: ${requestId}\n`);
}
