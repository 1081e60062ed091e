import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/** The sending side of a WebSocket. */
export interface SocketLink {
  readonly isOpen: boolean;
  /** The client does not keep up: much of what was sent has not left. */
  readonly isFull: boolean;
  /** Sends a frame. When the client does not keep up, the promise resolves once there is room for the next. */
  send(frame: string): Promise<void> | undefined;
  /** Resolves when what was sent so far has left, or the socket is gone; at once when it is not full. */
  whenRoom(): Promise<void>;
  close(code: number, reason: string): void;
}

/** Bytes that may wait in memory for one slow client. Events beyond them wait in the hub's bounded queue. */
const HIGH_WATER_BYTES = 256 * 1024;

/** @param transport the connection below the WebSocket: frames of one turn of the event loop leave in one write */
export function createSocketLink(socket: WebSocket, transport: Duplex): SocketLink {
  let isCorked = false;
  const uncork = () => {
    isCorked = false;
    transport.uncork();
  };
  const corkForThisTurn = () => {
    if (isCorked) return;
    isCorked = true;
    transport.cork();
    setImmediate(uncork);
  };
  const isFull = () => socket.bufferedAmount > HIGH_WATER_BYTES;

  return {
    get isOpen() {
      return socket.readyState === socket.OPEN;
    },
    get isFull() {
      return isFull();
    },
    send(frame) {
      if (socket.readyState !== socket.OPEN) return undefined;
      corkForThisTurn();
      if (!isFull()) {
        socket.send(frame);
        return undefined;
      }
      // The callback comes when the frame has left, or cannot leave any more.
      return new Promise((resolve) => socket.send(frame, () => resolve()));
    },
    whenRoom() {
      if (!isFull() || socket.readyState !== socket.OPEN) return Promise.resolve();
      return new Promise((resolve) => {
        const settle = () => {
          transport.off('drain', settle).off('close', settle);
          resolve();
        };
        transport.on('drain', settle).on('close', settle);
      });
    },
    close: (code, reason) => socket.close(code, reason),
  };
}
