import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { FrameBatch } from './frame-batch.ts';
import type { WritePacer } from './write-pacer.ts';

/** The sending side of a WebSocket. */
export interface SocketLink {
  /** The client does not keep up: much of what was sent has not left. */
  readonly isFull: boolean;
  /** Sends the answer to a call, with this turn of the event loop. */
  sendAnswer(frame: string): Promise<void> | undefined;
  /**
   * Sends one event of many: the frame `<head><body>}`. When the client does not keep up, the promise resolves once there is
   * room for the next.
   */
  sendEvent(head: Uint8Array, body: Uint8Array): Promise<void> | undefined;
  /** Resolves when what was sent so far has left, or the socket is gone; at once when it is not full. */
  whenRoom(): Promise<void>;
  close(code: number, reason: string): void;
}

/** Bytes that may wait in memory for one slow client. Events beyond them wait in the hub's bounded queue. */
const HIGH_WATER_BYTES = 256 * 1024;

/** @param transport the connection below the WebSocket */
export function createSocketLink(socket: WebSocket, transport: Duplex, pacer: WritePacer): SocketLink {
  const batch = new FrameBatch();
  let isCorked = false;
  const isOpen = () => socket.readyState === socket.OPEN;
  const isFull = () => transport.writableLength + batch.byteLength > HIGH_WATER_BYTES;
  const uncork = () => {
    if (!isCorked) return;
    isCorked = false;
    transport.uncork();
  };

  /** Events go past the WebSocket library, which would frame each one on its own. */
  const flush = () => {
    if (batch.byteLength > 0 && isOpen()) transport.write(batch.take());
  };
  /** The callback comes when it has left, or cannot leave any more. */
  const flushUntilLeft = () => new Promise<void>((resolve) => transport.write(batch.take(), () => resolve()));

  return {
    get isFull() {
      return isFull();
    },
    sendAnswer(frame) {
      if (!isOpen()) return undefined;
      if (!isCorked) {
        isCorked = true;
        transport.cork();
        setImmediate(uncork);
      }
      flush();
      if (!isFull()) {
        socket.send(frame);
        return undefined;
      }
      uncork();
      return new Promise((resolve) => socket.send(frame, () => resolve()));
    },
    sendEvent(head, body) {
      if (!isOpen()) return undefined;
      if (batch.byteLength === 0) pacer.soon(flush);
      batch.add(head, body);
      if (!isFull()) return undefined;
      uncork();
      return flushUntilLeft();
    },
    whenRoom() {
      if (!isFull() || !isOpen()) return Promise.resolve();
      return new Promise((resolve) => {
        const settle = () => {
          transport.off('drain', settle).off('close', settle);
          resolve();
        };
        transport.on('drain', settle).on('close', settle);
      });
    },
    close(code, reason) {
      flush();
      socket.close(code, reason);
    },
  };
}
