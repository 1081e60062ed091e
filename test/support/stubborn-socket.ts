import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A WebSocket by hand: it sends what it is told to, and answers nothing, neither pings nor a close. */
export interface StubbornSocket {
  send(message: unknown): void;
  /** From now on nothing is read: what the other side sends stays where it is. */
  stopReading(): void;
  /** Resolves when the other side has ended the connection. */
  readonly ended: Promise<void>;
  destroy(): void;
}

const FINAL_TEXT = 0x81;
const MASKED = 0x80;
const TWO_BYTE_LENGTH = 126;
/** A mask of zeros leaves the text as it is. */
const NO_MASK = Buffer.alloc(4);

export async function openStubbornSocket(url: string): Promise<StubbornSocket> {
  const { hostname, port, pathname, host } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  socket.write(
    [
      `GET ${pathname} HTTP/1.1`,
      `Host: ${host}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', // the sample of RFC 6455
      'Sec-WebSocket-Protocol: graphql-transport-ws',
      '\r\n',
    ].join('\r\n'),
  );
  await once(socket, 'data');
  socket.resume();
  return {
    send: (message) => void socket.write(frameOf(JSON.stringify(message))),
    stopReading: () => void socket.pause(),
    ended: whenEnded(socket),
    destroy: () => void socket.destroy(),
  };
}

const whenEnded = async (socket: Socket): Promise<void> => {
  await Promise.race([once(socket, 'end'), once(socket, 'close')]);
};

function frameOf(text: string): Buffer {
  const payload = Buffer.from(text);
  const head = Buffer.from([FINAL_TEXT, MASKED | TWO_BYTE_LENGTH, 0, 0]);
  head.writeUInt16BE(payload.length, 2);
  return Buffer.concat([head, NO_MASK, payload]);
}
