import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { encodeJson, type JsonValue } from '../formats/json-text.ts';

export type Headers = Readonly<Record<string, string>>;

/** What goes back to a caller. */
export type Answer =
  | { readonly kind: 'json'; readonly status: number; readonly body: JsonValue; readonly headers?: Headers }
  | {
      readonly kind: 'text';
      readonly status: number;
      readonly contentType: string | null;
      readonly text: string;
    }
  | { readonly kind: 'stream'; readonly chunks: Iterable<string>; readonly headers: Headers };

export const ok = (body: JsonValue, headers: Headers = {}): Answer => ({
  kind: 'json',
  status: 200,
  body,
  headers,
});

export const html = (status: number, title: string): Answer => ({
  kind: 'text',
  status,
  contentType: 'text/html',
  text: `<html><head><title>${title}</title></head><body><center><h1>${title}</h1></center></body></html>\n`,
});

function encodeAnswer(answer: Exclude<Answer, { kind: 'stream' }>): { text: string; headers: Headers } {
  if (answer.kind === 'json') {
    const headers = { 'Content-Type': 'application/json; charset=utf-8', ...answer.headers };
    return { text: encodeJson(answer.body), headers };
  }
  const headers = answer.contentType === null ? {} : { 'Content-Type': answer.contentType };
  return { text: answer.text, headers };
}

/** Writes an answer; a stream goes no faster than the caller reads, and stops when the caller leaves. */
export async function writeAnswer(response: ServerResponse, answer: Answer): Promise<void> {
  if (answer.kind === 'stream') {
    response.writeHead(200, { ...answer.headers });
    await pipeline(Readable.from(answer.chunks), response);
    return;
  }
  const { text, headers } = encodeAnswer(answer);
  response.writeHead(answer.status, { ...headers, 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
}

/** Promises the whole answer, writes about half of it, and cuts the connection. */
export function writeTornAnswer(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const cut = () => request.socket.destroy();
  if (answer.kind === 'stream') {
    response.writeHead(200, { ...answer.headers });
    const [first = ''] = answer.chunks;
    response.write(first, cut);
    return;
  }
  const { text, headers } = encodeAnswer(answer);
  response.writeHead(answer.status, { ...headers, 'Content-Length': Buffer.byteLength(text) });
  response.write(text.slice(0, Math.ceil(text.length / 2)), cut);
}
