import { type Dispatcher, Pool } from 'undici';
import { toError } from '../../domain/to-error.ts';
import type { UpstreamLane } from '../../metrics.ts';
import type { StopSignal } from '../resilience/stop-signal.ts';
import { type Exchange, failedExchange, GONE, type HttpRequest, LATE } from './exchange.ts';
import { type CallResult, traceCall } from './upstream-channel.ts';
import { WholeAnswer } from './whole-answer.ts';

export type ByteStream = Dispatcher.ResponseData['body'];

export interface Transport {
  /** One request, the whole body as text. What changes something is not stopped once it may be on the wire. */
  exchange(request: HttpRequest, lane: UpstreamLane, signal: StopSignal): Promise<Exchange<string>>;
  /** One read, the body as it comes; the signal stops it at any time. */
  openStream(request: HttpRequest, signal: StopSignal): Promise<Exchange<ByteStream>>;
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

export function createTransport(options: TransportOptions): Transport {
  const { attemptTimeoutMs } = options;
  const connect = { timeout: options.connectTimeoutMs };
  const answerOptions: Pool.Options = {
    connect,
    connections: options.maxConnections,
    maxResponseSize: options.maxAnswerBytes,
    // The deadline of the whole answer is never later than these would be.
    headersTimeout: 0,
    bodyTimeout: 0,
  };
  const answers = new Pool(options.origin, answerOptions);
  // Apart: the connections of other calls may all hang, or wait to be opened.
  const sends = new Pool(options.origin, answerOptions);
  const streams = new Pool(options.origin, {
    connect,
    connections: options.maxStreams,
    headersTimeout: attemptTimeoutMs,
    bodyTimeout: attemptTimeoutMs,
  });
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
        exchange(lane === 'send' ? sends : answers, request, signal, attemptTimeoutMs),
      ),
    openStream: (given, signal) =>
      traced(given, (request) => openStream(streams, request, signal, attemptTimeoutMs)),
    async close() {
      await streams.destroy();
      // What is being sent is worth its answer; no attempt lasts longer than its timeout.
      await Promise.all([answers.close(), sends.close()]);
    },
  };
}

async function exchange(
  pool: Pool,
  request: HttpRequest,
  signal: StopSignal,
  timeoutMs: number,
): Promise<Exchange<string>> {
  if (signal.aborted) return { kind: 'aborted' };
  const answer = new WholeAnswer(request, signal, timeoutMs);
  pool.dispatch(optionsOf(request), answer);
  return answer.exchange;
}

async function openStream(
  pool: Pool,
  request: HttpRequest,
  signal: StopSignal,
  timeoutMs: number,
): Promise<Exchange<ByteStream>> {
  if (signal.aborted) return { kind: 'aborted' };
  const stop = new AbortController();
  const onAbort = () => stop.abort(GONE);
  signal.addEventListener('abort', onAbort, { once: true });
  const deadline = setTimeout(() => stop.abort(LATE), timeoutMs);
  try {
    const opening = pool.request({ ...optionsOf(request), signal: stop.signal });
    const { statusCode, headers, body } = await untilStopped(opening, stop.signal);
    const onLeave = () => body.destroy(toError(signal.reason));
    signal.addEventListener('abort', onLeave, { once: true });
    body.once('close', () => signal.removeEventListener('abort', onLeave));
    return { kind: 'answer', answer: { status: statusCode, headers, body } };
  } catch (error) {
    return failedExchange(request, stop.signal.reason ?? error, false);
  } finally {
    clearTimeout(deadline);
    signal.removeEventListener('abort', onAbort);
  }
}

const optionsOf = ({ method, target, headers, body }: HttpRequest): Dispatcher.DispatchOptions => ({
  method,
  path: target,
  headers,
  body,
});

/** A request that still waits for a connection learns of the signal only once it gets one; nobody need wait for that. */
function untilStopped<Result>(work: Promise<Result>, stop: AbortSignal): Promise<Result> {
  const stopped = new Promise<never>((_, reject) => {
    stop.addEventListener('abort', () => reject(stop.reason), { once: true });
  });
  return Promise.race([work, stopped]);
}
