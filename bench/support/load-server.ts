import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type Asker, type AskKind, createAsker } from './asks.ts';
import { readCpuMicros } from './processes.ts';

// Asks a server over raw sockets, in a process of its own, as cheaply as it can: the machine has few cores, and what the
// load takes the server lacks. Serves one order after the other.

/** An order: so long, or so many. */
export interface LoadOrder {
  readonly port: number;
  readonly pid: number;
  readonly dayStartMs: number;
  readonly ask: AskKind;
  /** Each connection has one of them. */
  readonly tokens: readonly string[];
  readonly connections: number;
  /** Not measured: connections are opened. */
  readonly rampMs: number;
  readonly measuredMs: number;
  /** Asks so many and no more, however long that takes. */
  readonly requests?: number;
  /** Asks so many a second, however long answers take. @default as fast as answers come */
  readonly perSecond?: number;
}

export interface LoadReport {
  /** Requests in all, each answered. */
  readonly sent: number;
  readonly measured: number;
  readonly seconds: number;
  /** CPU of the server while it was measured. */
  readonly cpuMicros: number;
  readonly p99Ms: number;
  /** The first answer that was not good. */
  readonly failure: string | null;
}

const MAX_LATE = 20_000;
const askers = new Map<string, Asker>();
let number = 0;

process.on('message', async (order: LoadOrder) => process.send?.(await fulfil(order)));
process.on('disconnect', () => process.exit(0));
process.send?.({});

async function fulfil(order: LoadOrder): Promise<LoadReport> {
  const run = new Run(order, askerOf(order));
  const drained = run.start();
  await delay(order.rampMs);
  const [startMs, startCpu] = run.beginMeasuring();
  if (order.requests === undefined) await delay(order.measuredMs);
  else await drained;
  const cpuMicros = readCpuMicros(order.pid) - startCpu;
  const seconds = (performance.now() - startMs) / 1000;
  const measured = run.latenciesMs.length;
  run.stop();
  await drained;
  const sorted = Float64Array.from(run.latenciesMs.slice(0, measured)).sort();
  const p99Ms = sorted[Math.floor(measured * 0.99)] ?? Number.NaN;
  return { sent: run.sent, measured, seconds, cpuMicros, p99Ms, failure: run.failure };
}

function askerOf({ ask, dayStartMs }: LoadOrder): Asker {
  const known = askers.get(ask) ?? createAsker(ask, dayStartMs);
  askers.set(ask, known);
  return known;
}

class Run {
  readonly latenciesMs: number[] = [];
  sent = 0;
  failure: string | null = null;
  readonly #order: LoadOrder;
  readonly #ask: Asker;
  readonly #idle: Connection[] = [];
  readonly #dueMs: number[] = [];
  #isMeasuring = false;
  #isStopped = false;
  #open = 0;
  #pacer: NodeJS.Timeout | undefined;
  #onDrained: () => void = () => undefined;

  constructor(order: LoadOrder, ask: Asker) {
    this.#order = order;
    this.#ask = ask;
  }

  /** Resolves when every request has its answer. */
  start(): Promise<void> {
    const { connections, perSecond, tokens, port } = this.#order;
    for (let index = 0; index < connections; index += 1)
      new Connection(port, tokens[index % tokens.length] ?? '', this);
    this.#open = connections;
    if (perSecond !== undefined) this.#pace(perSecond);
    return new Promise((resolve) => {
      this.#onDrained = resolve;
    });
  }

  beginMeasuring(): [number, number] {
    if (this.#order.requests === undefined) this.latenciesMs.length = 0;
    this.#isMeasuring = true;
    return [performance.now(), readCpuMicros(this.#order.pid)];
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#pacer);
    for (const connection of this.#idle.splice(0)) this.#close(connection);
  }

  /** A connection has nothing to do. */
  onIdle(connection: Connection): void {
    const { perSecond, requests } = this.#order;
    const isDone = this.#isStopped || (requests !== undefined && this.sent >= requests);
    const dueMs = perSecond === undefined ? performance.now() : this.#dueMs.shift();
    if (isDone) this.#close(connection);
    else if (dueMs === undefined) this.#idle.push(connection);
    else this.#send(connection, dueMs);
  }

  onAnswer(latencyMs: number, failure: string | null): void {
    if (this.#isMeasuring || this.#order.requests !== undefined) this.latenciesMs.push(latencyMs);
    this.failure ??= failure;
  }

  onLost(reason: string): void {
    this.failure ??= reason;
    this.#open -= 1;
    if (this.#open === 0) this.#onDrained();
  }

  #send(connection: Connection, sinceMs: number): void {
    this.sent += 1;
    connection.send(this.#ask(number++), sinceMs);
  }

  #close(connection: Connection): void {
    connection.close();
    this.#open -= 1;
    if (this.#open === 0) this.#onDrained();
  }

  #pace(perSecond: number): void {
    const startMs = performance.now();
    let due = 0;
    this.#pacer = setInterval(() => {
      const dueNow = ((performance.now() - startMs) / 1000) * perSecond;
      for (; due < dueNow; due += 1) {
        const dueMs = startMs + (due / perSecond) * 1000;
        const idle = this.#idle.pop();
        if (idle !== undefined) this.#send(idle, dueMs);
        else if (this.#dueMs.length < MAX_LATE) this.#dueMs.push(dueMs);
        else this.failure ??= 'The server is too slow for this load.';
      }
    }, 1);
  }
}

/** One HTTP/1.1 connection with one request at a time. It reads no more of an answer than its length and its status. */
class Connection {
  readonly #socket: Socket;
  readonly #run: Run;
  readonly #authorization: string;
  #chunks: Buffer[] = [];
  #received = 0;
  /** Bytes of the whole answer; 0: its head is not in yet; -1: it comes in chunks. */
  #expected = 0;
  #sinceMs = 0;
  #isClosed = false;

  constructor(port: number, token: string, run: Run) {
    this.#run = run;
    this.#authorization = token === '' ? '' : `authorization: Bearer ${token}\r\n`;
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => run.onIdle(this));
    this.#socket.on('data', (chunk) => this.#onData(chunk));
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => this.#isClosed || run.onLost('A connection was closed by the server.'));
  }

  send({ path, headers, body }: ReturnType<Asker>, sinceMs: number): void {
    this.#sinceMs = sinceMs;
    let head = `POST ${path} HTTP/1.1\r\nhost: bench\r\n${this.#authorization}content-length: ${body.length}\r\n`;
    if (headers['content-type'] === undefined) head += 'content-type: application/json\r\n';
    for (const name in headers) head += `${name}: ${headers[name]}\r\n`;
    this.#socket.write(`${head}\r\n${body}`, 'latin1');
  }

  close(): void {
    this.#isClosed = true;
    this.#socket.end();
  }

  #onData(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#received += chunk.length;
    if (this.#expected === 0) this.#readHead();
    const isWhole =
      this.#expected === -1 ? chunk.includes('0\r\n\r\n', -5) : this.#received === this.#expected;
    if (this.#expected !== 0 && isWhole) this.#finish();
  }

  #readHead(): void {
    const start = Buffer.concat(this.#chunks);
    const end = start.indexOf('\r\n\r\n');
    if (end === -1) return;
    const head = start.toString('latin1', 0, end);
    const isEmpty = head.startsWith('HTTP/1.1 204');
    const length = isEmpty ? '0' : /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    this.#expected = length === undefined ? -1 : end + 4 + Number(length);
  }

  #finish(): void {
    const latencyMs = performance.now() - this.#sinceMs;
    const whole = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
    const isGood = whole?.[9] === 0x32 && !whole.includes('"errors":') && !whole.includes('Error"');
    const failure = isGood ? null : String(whole).slice(0, 1000);
    this.#chunks = [];
    this.#received = 0;
    this.#expected = 0;
    this.#run.onAnswer(latencyMs, failure);
    this.#run.onIdle(this);
  }
}
