import type { IncomingMessage } from 'node:http';
import { HttpError } from './http-error.ts';

export interface BodyLimits {
  readonly maxBytes: number;
  /** The whole body must be there by then: a slow body holds a connection, not memory, but not for ever. */
  readonly timeoutMs: number;
}

/**
 * Reads a request body, counting while it streams: what is too large is refused at the first byte too many.
 * @throws HttpError 413, 408, or 400 when the caller hangs up
 */
export function readBody(request: IncomingMessage, limits: BodyLimits): Promise<Buffer> {
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
