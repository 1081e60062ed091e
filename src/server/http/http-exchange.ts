import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Interruptible } from '../../domain/interruptible.ts';
import { HttpError } from './http-error.ts';

/** One HTTP request on its way through the server. */
export interface HttpExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
}

/** Tells that the caller hung up. The signal is made when it is first asked for: most answers are there before. */
export class HangUp implements Interruptible {
  readonly #response: ServerResponse;
  #controller: AbortController | null = null;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  get signal(): AbortSignal {
    if (this.#controller !== null) return this.#controller.signal;
    const [response, controller] = [this.#response, new AbortController()];
    this.#controller = controller;
    const leave = () => response.writableEnded || controller.abort();
    if (response.destroyed) leave();
    else response.once('close', leave);
    return controller.signal;
  }
}

/** How long a refused body is still read and thrown away, so that the caller gets to see the answer. */
const LINGER_MS = 1_000;

const COMMON_HEADERS = ['x-content-type-options', 'nosniff', 'cache-control', 'no-store'] as const;

/** Sends a whole answer. Headers that every answer has are added here; `headers` holds none of them. */
export function sendAnswer(
  { request, response, requestId }: HttpExchange,
  status: number,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>>,
): void {
  if (response.headersSent || response.destroyed) return;
  const size = Buffer.byteLength(body);
  // A flat list: node writes it as it stands.
  const head = ['x-request-id', requestId, ...COMMON_HEADERS, 'content-length', String(size)];
  for (const name in headers) head.push(name, headers[name] ?? '');
  if (!request.complete) head.push('connection', 'close');
  response.writeHead(status, head);
  // Text of as many bytes as characters is ASCII. Node then copies it, instead of making room for three times as much.
  response.end(request.method === 'HEAD' ? '' : body, size === body.length ? 'latin1' : 'utf8');
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
