import { askOverSocket } from './ask-over-socket.ts';

export const TRANSPORTS = ['http', 'sse', 'ws'] as const;
export type Transport = (typeof TRANSPORTS)[number];

export interface AnswerError {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** What came back, over whichever transport. */
export interface Answer {
  /** Of HTTP, or the code a WebSocket was closed with; 200 for a WebSocket that stayed open. */
  readonly status: number;
  /** Everything, as it came. */
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>> | null;
  readonly errors: readonly AnswerError[];
}

/** Asks with what stands for the body of a GraphQL request; a text is JSON already. */
export type Ask = (params: unknown) => Promise<Answer>;

export interface AskOptions {
  readonly url: string;
  readonly token: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

const TIMEOUT_MS = 20_000;
const SILENCE_OF_SUBSCRIPTION_MS = 1500;

/** One way to ask; every question is a request, a stream or a socket of its own. */
export function askOver(transport: Transport, options: AskOptions): Ask {
  switch (transport) {
    case 'http':
      return (params) => post(options, 'application/json', toJson(params));
    case 'sse':
      return (params) => post(options, 'text/event-stream', toJson(params));
    case 'ws':
      return (params) => askOverSocket(options, toJson(params));
    default:
      return transport satisfies never;
  }
}

const toJson = (params: unknown): string => (typeof params === 'string' ? params : JSON.stringify(params));

/** How long to listen to an answer that says nothing: of a subscription, that it was taken. */
export const patienceFor = (json: string): number =>
  json.includes('"subscription') ? SILENCE_OF_SUBSCRIPTION_MS : TIMEOUT_MS;

/** A POST with any body, answered as JSON or as a stream. */
async function post(options: AskOptions, accept: string, body: string): Promise<Answer> {
  const stop = new AbortController();
  const response = await fetch(`${options.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept, ...authorize(options), ...options.headers },
    body,
    signal: AbortSignal.any([stop.signal, AbortSignal.timeout(TIMEOUT_MS)]),
  });
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  const text = isStream
    ? await readStream(response, patienceFor(body), () => stop.abort())
    : await response.text();
  return toAnswer(response.status, text, isStream ? dataOf(text) : text);
}

export const authorize = ({ token }: Pick<AskOptions, 'token'>): Readonly<Record<string, string>> =>
  token === null ? {} : { authorization: `Bearer ${token}` };

/** @param json the GraphQL response in the text, when there is one */
export function toAnswer(status: number, text: string, json: string): Answer {
  const parsed = parseRecord(json);
  const errors = Array.isArray(parsed?.['errors']) ? (parsed['errors'] as AnswerError[]) : [];
  const data = parsed?.['data'];
  return { status, text, data: isRecord(data) ? data : null, errors };
}

function parseRecord(json: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(json);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The first event of a stream. */
const dataOf = (text: string): string => /^data: ?(.+)$/m.exec(text)?.[1] ?? '';

/** Until the stream ends, or is silent for a while after it opened. */
async function readStream(response: Response, patienceMs: number, hangUp: () => void): Promise<string> {
  let text = '';
  let silence = setTimeout(hangUp, patienceMs);
  try {
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      clearTimeout(silence);
      silence = setTimeout(hangUp, patienceMs);
    }
  } catch {
    // Silent for long enough: what was said is all.
  }
  clearTimeout(silence);
  return text;
}
