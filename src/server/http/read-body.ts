import type { IncomingMessage } from 'node:http';
import { HttpError } from './http-error.ts';

export interface BodyLimits {
  readonly maxBytes: number;
  /** The whole body must be there by then: a slow body holds a connection, not memory, but not for ever. */
  readonly timeoutMs: number;
}

/**
 * Reads a request body, counting while it streams: what is too large is refused at the first byte too many.
 * A compressed one is refused: its size says nothing about what it becomes, and no GraphQL client sends one unasked.
 * @throws HttpError 413, 415, 408, or 400 when the caller hangs up
 */
export function readBody(request: IncomingMessage, limits: BodyLimits): Promise<Buffer> {
  const encoding = request.headers['content-encoding'] ?? '';
  if (encoding !== '' && encoding.toLowerCase() !== 'identity') return Promise.reject(compressed());
  const tooLarge = () =>
    new HttpError(413, 'PAYLOAD_TOO_LARGE', `The body is larger than ${limits.maxBytes} bytes.`);
  if (Number(request.headers['content-length'] ?? 0) > limits.maxBytes) return Promise.reject(tooLarge());

  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(
      () => stop(new HttpError(408, 'REQUEST_TIMEOUT', 'The body did not arrive in time.')),
      limits.timeoutMs,
    );
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size > limits.maxBytes) stop(tooLarge());
      else chunks.push(chunk);
    };
    const onEnd = () => {
      release();
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks));
    };
    const onGone = () => stop(new HttpError(400, 'BAD_REQUEST', 'The body was cut off.'));
    const stop = (error: HttpError) => {
      release();
      request.pause();
      reject(error);
    };
    const release = () => {
      clearTimeout(timer);
      request.off('data', onData).off('end', onEnd).off('close', onGone).off('error', onGone);
    };
    request.on('data', onData).on('end', onEnd).on('close', onGone).on('error', onGone);
  });
}

const compressed = () =>
  new HttpError(
    415,
    'UNSUPPORTED_MEDIA_TYPE',
    'The body is compressed: send it without `Content-Encoding`.',
    { 'accept-encoding': 'identity' }, // RFC 9110, 15.5.16
  );

export const isUtf16Charset = (contentType: string): boolean => /charset="?utf-?16/i.test(contentType);

export const utf16Refused = () =>
  new HttpError(415, 'UNSUPPORTED_MEDIA_TYPE', 'The body is UTF-16: send it in UTF-8.');

/**
 * The text of a body in UTF-8, without the byte-order mark that some clients put before it.
 * @throws HttpError 415 for UTF-16, by its byte-order mark, or by a zero in the first two bytes, where no JSON has one
 */
export function textOf(body: Buffer): string {
  const [first, second, third] = body;
  if (first === 0xef && second === 0xbb && third === 0xbf) return body.toString('utf8', 3);
  if (first === 0xff || first === 0xfe || first === 0 || second === 0) throw utf16Refused();
  return body.toString('utf8');
}
