import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Answer, AnswerHeaders } from '../api/answer.ts';
import { encodeJson } from '../formats/json-text.ts';

/** An answer that is known as a whole. */
type WholeAnswer = Exclude<Answer, { kind: 'stream' }>;

function encodeAnswer(answer: WholeAnswer): { readonly text: string; readonly headers: AnswerHeaders } {
  const text = answer.kind === 'json' ? encodeJson(answer.body) : answer.text;
  const contentType = answer.kind === 'json' ? 'application/json; charset=utf-8' : answer.contentType;
  const headers = {
    ...(contentType !== null && { 'Content-Type': contentType }),
    ...(answer.kind === 'json' && answer.headers),
    'Content-Length': String(Buffer.byteLength(text)),
  };
  return { text, headers };
}

/** Writes an answer; a stream goes no faster than the caller reads, and stops when the caller leaves. */
export async function writeAnswer(response: ServerResponse, answer: Answer): Promise<void> {
  if (answer.kind === 'stream') {
    response.writeHead(200, { ...answer.headers });
    await pipeline(Readable.from(answer.chunks), response);
    return;
  }
  const { text, headers } = encodeAnswer(answer);
  response.writeHead(answer.status, { ...headers });
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
  response.writeHead(answer.status, { ...headers });
  response.write(text.slice(0, Math.ceil(text.length / 2)), cut);
}
