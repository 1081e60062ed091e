import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { WritePacer } from './write-pacer.ts';

/** The sending side of a WebSocket. */
export interface SocketLink {
  readonly isOpen: boolean;
  /** The client does not keep up: much of what was sent has not left. */
  readonly isFull: boolean;
  /** Sends the answer to a call, with this turn of the event loop. */
  sendAnswer(frame: string): Promise<void> | undefined;
  /** Sends one event of many. When the client does not keep up, the promise resolves once there is room for the next. */
  sendEvent(frame: string): Promise<void> | undefined;
  /** Resolves when what was sent so far has left, or the socket is gone; at once when it is not full. */
  whenRoom(): Promise<void>;
  close(code: number, reason: string): void;
}

/** Bytes that may wait in memory for one slow client. Events beyond them wait in the hub's bounded queue. */
const HIGH_WATER_BYTES = 256 * 1024;

/** @param transport the connection below the WebSocket: frames leave it together, in one write */
export function createSocketLink(socket: WebSocket, transport: Duplex, pacer: WritePacer): SocketLink {
  let isCorked = false;
  const cork = () => {
    isCorked = true;
    transport.cork();
  };
  const uncork = () => {
    if (!isCorked) return;
    isCorked = false;
    transport.uncork();
  };
  const isFull = () => socket.bufferedAmount > HIGH_WATER_BYTES;

  function send(frame: string): Promise<void> | undefined {
    if (!isFull()) {
      socket.send(frame);
      return undefined;
    }
    uncork();
    // The callback comes when the frame has left, or cannot leave any more.
    return new Promise((resolve) => socket.send(frame, () => resolve()));
  }

  return {
    get isOpen() {
      return socket.readyState === socket.OPEN;
    },
    get isFull() {
      return isFull();
    },
    sendAnswer(frame) {
      if (socket.readyState !== socket.OPEN) return undefined;
      if (!isCorked) cork();
      setImmediate(uncork);
      return send(frame);
    },
    sendEvent(frame) {
      if (socket.readyState !== socket.OPEN) return undefined;
      if (!isCorked) {
        cork();
        pacer.soon(uncork);
      }
      return send(frame);
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
