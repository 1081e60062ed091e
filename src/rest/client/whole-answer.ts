import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { StopSignal } from '../resilience/stop-signal.ts';
import { type Exchange, failedExchange, GONE, type HttpRequest, LATE } from './exchange.ts';

type Controller = Dispatcher.DispatchController;

const FIRST_FINAL_STATUS = 200; // what comes before it, such as 103, only announces the answer

/**
 * One request whose answer is wanted whole. It takes the body from undici as it comes: a stream between them, with a promise and
 * a signal of its own, costs more than all the rest of a read.
 */
export class WholeAnswer implements Dispatcher.DispatchHandler {
  readonly exchange: Promise<Exchange<string>>;
  readonly #request: HttpRequest;
  readonly #signal: StopSignal;
  readonly #onAbort = () => this.#stop(GONE);
  readonly #deadline: NodeJS.Timeout;
  #settle: ((exchange: Exchange<string>) => void) | null = null;
  #controller: Controller | null = null;
  /** Whether bytes of what changes something may be on the wire. */
  #hasBegun = false;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  readonly #chunks: Buffer[] = [];

  /** @param timeoutMs longest wait for the whole answer, that for a connection included */
  constructor(request: HttpRequest, signal: StopSignal, timeoutMs: number) {
    this.#request = request;
    this.#signal = signal;
    this.exchange = new Promise((resolve) => {
      this.#settle = resolve;
    });
    signal.addEventListener('abort', this.#onAbort, { once: true });
    this.#deadline = setTimeout(() => this.#stop(LATE), timeoutMs);
  }

  onRequestStart(controller: Controller): void {
    const { method, mayStillStart } = this.#request;
    // A request that waited for a connection is stopped once it gets one; nobody waited for that.
    if (this.#settle === null) controller.abort(GONE);
    else if (method !== 'GET') {
      // A request that was begun must not be begun again on another socket, whatever the client thinks of it.
      if (this.#hasBegun) controller.abort(new Error('A request that changes something is written once.'));
      // The process may have been stopped since it looked whether it may send.
      else if (mayStillStart?.() === false)
        controller.abort(new Error('It is too late to begin this request.'));
      this.#hasBegun ||= !controller.aborted;
    }
    this.#controller = controller;
  }

  onResponseStart(_controller: Controller, status: number, headers: IncomingHttpHeaders): void {
    if (status < FIRST_FINAL_STATUS) return;
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_controller: Controller, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const answer = { status: this.#status, headers: this.#headers, body: textOf(this.#chunks) };
    this.#end({ kind: 'answer', answer });
  }

  onResponseError(_controller: Controller, error: Error): void {
    this.#end(failedExchange(this.#request, error, this.#hasBegun));
  }

  #stop(why: typeof GONE | typeof LATE): void {
    // What changes something is better seen through to its answer than left open.
    if (why === GONE && this.#hasBegun) return;
    this.#end(failedExchange(this.#request, why, this.#hasBegun));
    this.#controller?.abort(why);
  }

  #end(exchange: Exchange<string>): void {
    clearTimeout(this.#deadline);
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#settle?.(exchange);
    this.#settle = null;
  }
}

const BYTE_ORDER_MARK = '\uFEFF';

function textOf(chunks: readonly Buffer[]): string {
  const [first] = chunks;
  const bytes = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
  const text = bytes.toString();
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}
