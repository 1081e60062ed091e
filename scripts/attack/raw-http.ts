import { connect, type Socket } from 'node:net';

/** What came back on a connection of our own making. */
export interface RawAnswer {
  /** Null when the connection was closed without an answer. */
  readonly status: number | null;
  readonly text: string;
  /** Bytes that the gateway took before it ended the connection. */
  readonly sentBytes: number;
}

const CHUNK = Buffer.alloc(64 * 1024, 'x');

export interface RawRequest {
  readonly head: string;
  /** How many bytes of nothing to send after the head. @default 0 */
  readonly bodyBytes?: number;
  /** Puts the body into chunks of HTTP's chunked encoding. */
  readonly isChunked?: boolean;
  /** How long to wait for an answer. @default 15000 */
  readonly timeoutMs?: number;
}

/** Sends exactly these bytes, and as much body as is taken. */
export function sendRaw(url: string, request: RawRequest): Promise<RawAnswer> {
  const { head, bodyBytes = 0, isChunked = false, timeoutMs = 15_000 } = request;
  const socket = openConnection(url);
  let text = '';
  return new Promise((resolve) => {
    const timer = setTimeout(() => socket.destroy(), timeoutMs);
    const finish = () => {
      clearTimeout(timer);
      socket.destroy();
      const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1];
      const sentBytes = socket.bytesWritten;
      resolve({ status: status === undefined ? null : Number(status), text, sentBytes });
    };
    socket.on('data', (data) => {
      text += data.toString('latin1');
      if (text.includes('\r\n\r\n')) setTimeout(finish, 20); // the body of the answer, if it comes apart
    });
    socket.once('close', finish).on('error', () => undefined);
    socket.write(head, () => pour(socket, { left: bodyBytes, isChunked }));
  });
}

export function openConnection(url: string): Socket {
  const { hostname, port } = new URL(url);
  return connect(Number(port), hostname);
}

function pour(
  socket: Socket,
  { left, isChunked }: { readonly left: number; readonly isChunked: boolean },
): void {
  if (left <= 0 || socket.destroyed) return;
  const data = CHUNK.subarray(0, Math.min(left, CHUNK.length));
  const framed = isChunked
    ? Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, CRLF])
    : data;
  socket.write(framed, (error) => error || pour(socket, { left: left - data.length, isChunked }));
}

const CRLF = Buffer.from('\r\n');

/** The lines of a request's head. */
export const headOf = (...lines: readonly string[]): string => `${lines.join('\r\n')}\r\n\r\n`;
