import type { IncomingHttpHeaders } from 'node:http';
import { type Dispatcher, Pool } from 'undici';
import type { UpstreamArea, UpstreamLane } from '../../metrics.ts';
import { TransportFailure, type TransportReason } from '../failures/failures.ts';
import { type CallResult, traceCall } from './upstream-channel.ts';
import { dispatcherFor, type Writing } from './writing.ts';

/** One HTTP request, ready to be written. */
export interface HttpRequest {
  readonly area: UpstreamArea;
  readonly method: 'GET' | 'POST' | 'PUT';
  /** With the base path and the query string, as it goes over the wire. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Asked in the moment of writing. False: it is not written, and fails as unreachable. */
  readonly mayStillStart?: (() => boolean) | undefined;
}

export interface HttpAnswer<Body> {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Body;
}

export type ByteStream = Dispatcher.ResponseData['body'];

/** What became of one attempt. It never throws for what the network did. */
export type Exchange<Body> =
  | { readonly kind: 'answer'; readonly answer: HttpAnswer<Body> }
  | { readonly kind: 'failed'; readonly failure: TransportFailure }
  /** The caller's signal aborted it. */
  | { readonly kind: 'aborted' };

export interface Transport {
  /** One request, the whole body as text. What changes something is not stopped once it may be on the wire. */
  exchange(request: HttpRequest, lane: UpstreamLane, signal: AbortSignal): Promise<Exchange<string>>;
  /** One request, the body as it comes; the signal stops it at any time. */
  openStream(request: HttpRequest, signal: AbortSignal): Promise<Exchange<ByteStream>>;
  close(): Promise<void>;
}

export interface TransportOptions {
  readonly origin: string;
  readonly maxConnections: number;
  /** Connections for downloads, apart so that slow readers of them hold up nobody else. */
  readonly maxStreams: number;
  readonly connectTimeoutMs: number;
  /** Longest wait for one whole answer; of a download, for its first byte and between two. */
  readonly attemptTimeoutMs: number;
  readonly maxAnswerBytes: number;
}

const UNREACHABLE_CODES: ReadonlySet<string> = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

export function createTransport(options: TransportOptions): Transport {
  const poolOptions: Pool.Options = {
    connect: { timeout: options.connectTimeoutMs },
    headersTimeout: options.attemptTimeoutMs,
    bodyTimeout: options.attemptTimeoutMs,
  };
  const answerOptions: Pool.Options = {
    ...poolOptions,
    connections: options.maxConnections,
    maxResponseSize: options.maxAnswerBytes,
  };
  const answers = new Pool(options.origin, answerOptions);
  // Apart: the connections of other calls may all hang, or wait to be opened.
  const sends = new Pool(options.origin, answerOptions);
  const streams = new Pool(options.origin, { ...poolOptions, connections: options.maxStreams });
  const traced = <Result extends CallResult>(
    request: HttpRequest,
    send: (request: HttpRequest) => Promise<Result>,
  ): Promise<Result> => {
    const call = { area: request.area, method: request.method, origin: options.origin };
    return traceCall(call, (more) =>
      send(more === null ? request : { ...request, headers: { ...request.headers, ...more } }),
    );
  };

  return {
    exchange: (given, lane, signal) =>
      traced(given, (request) =>
        attempt(request, signal, options.attemptTimeoutMs, async (stop, writing) => {
          const pool = lane === 'send' ? sends : answers;
          const dispatcher = dispatcherFor(pool, request, writing);
          const response = await dispatcher.request(requestOptions(request, stop));
          return { status: response.statusCode, headers: response.headers, body: await response.body.text() };
        }),
      ),
    openStream: (given, signal) =>
      traced(given, (request) =>
        attempt(request, signal, options.attemptTimeoutMs, async (stop) => {
          const response = await streams.request(requestOptions(request, stop));
          const onAbort = () => response.body.destroy(signal.reason);
          signal.addEventListener('abort', onAbort, { once: true });
          response.body.once('close', () => signal.removeEventListener('abort', onAbort));
          return { status: response.statusCode, headers: response.headers, body: response.body };
        }),
      ),
    async close() {
      await streams.destroy();
      // What is being sent is worth its answer; no attempt lasts longer than its timeout.
      await Promise.all([answers.close(), sends.close()]);
    },
  };
}

const requestOptions = (request: HttpRequest, signal: AbortSignal): Dispatcher.RequestOptions => ({
  method: request.method,
  path: request.target,
  headers: request.headers,
  body: request.body,
  signal,
});

/** Runs one attempt under the caller's signal and a deadline of its own. */
async function attempt<Body>(
  request: HttpRequest,
  signal: AbortSignal,
  timeoutMs: number,
  run: (stop: AbortSignal, writing: Writing) => Promise<HttpAnswer<Body>>,
): Promise<Exchange<Body>> {
  const writing: Writing = { hasBegun: false };
  const stop = new AbortController();
  // What changes something is better seen through to its answer than left open.
  const isStoppable = () => request.method === 'GET' || !writing.hasBegun;
  const onAbort = () => isStoppable() && stop.abort(ABORTED);
  if (signal.aborted) return { kind: 'aborted' };
  signal.addEventListener('abort', onAbort, { once: true });
  const deadline = setTimeout(() => stop.abort(LATE), timeoutMs);
  try {
    return { kind: 'answer', answer: await untilStopped(run(stop.signal, writing), stop.signal) };
  } catch (error) {
    if (stop.signal.reason === ABORTED) return { kind: 'aborted' };
    const reason = stop.signal.reason === LATE ? 'timeout' : reasonOf(error);
    const isWritten = request.method === 'GET' ? reason !== 'unreachable' : writing.hasBegun;
    return { kind: 'failed', failure: new TransportFailure(request.area, reason, isWritten) };
  } finally {
    clearTimeout(deadline);
    signal.removeEventListener('abort', onAbort);
  }
}

const ABORTED = new Error('The caller is gone.');
const LATE = new Error('The answer is late.');

/** A request that still waits for a connection hears of the signal only once it gets one; nobody need wait for that. */
function untilStopped<Result>(work: Promise<Result>, stop: AbortSignal): Promise<Result> {
  const stopped = new Promise<never>((_, reject) => {
    stop.addEventListener('abort', () => reject(stop.reason), { once: true });
  });
  return Promise.race([work, stopped]);
}

function reasonOf(error: unknown): TransportReason {
  const code = codeOf(error);
  if (UNREACHABLE_CODES.has(code)) return 'unreachable';
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') return 'timeout';
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return 'oversized';
  return 'cut';
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';
