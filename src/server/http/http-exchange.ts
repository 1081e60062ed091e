import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { HttpError } from './http-error.ts';

/** One HTTP request on its way through the server. */
export interface HttpExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
}

/** How long a refused body is still read and thrown away, so that the caller gets to see the answer. */
const LINGER_MS = 1_000;

/** Sends a whole answer. Headers that every answer has are added here. */
export function sendAnswer(
  { request, response, requestId }: HttpExchange,
  status: number,
  body: string,
  headers: OutgoingHttpHeaders,
): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    'x-request-id': requestId,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    ...headers,
    'content-length': Buffer.byteLength(body),
    ...(request.complete ? {} : { connection: 'close' }),
  });
  response.end(request.method === 'HEAD' ? '' : body);
  if (!request.complete) discardRest(request);
}

export function sendText(exchange: HttpExchange, status: number, text: string): void {
  sendAnswer(exchange, status, text, { 'content-type': 'text/plain; charset=utf-8' });
}

/** An error before anything was sent, as a status and one sentence. */
export function sendHttpError(exchange: HttpExchange, { status, message, headers }: HttpError): void {
  sendAnswer(exchange, status, `${message}\n`, { 'content-type': 'text/plain; charset=utf-8', ...headers });
}

/** @throws HttpError 405 naming the methods that are allowed */
export function requireMethod({ request }: HttpExchange, ...allowed: readonly string[]): void {
  if (allowed.includes(request.method ?? '')) return;
  throw new HttpError(405, 'METHOD_NOT_ALLOWED', `Use ${allowed.join(' or ')}.`, {
    allow: allowed.join(', '),
  });
}

/** Closing while bytes arrive would reset the connection before the answer is read. */
function discardRest(request: IncomingMessage): void {
  if (request.destroyed) return;
  const timer = setTimeout(() => request.destroy(), LINGER_MS);
  timer.unref();
  request.once('close', () => clearTimeout(timer));
  request.once('error', () => {});
  request.resume();
}
