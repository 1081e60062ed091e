import { once } from 'node:events';
import { WebSocket } from 'ws';

/** A WebSocket without any protocol of its own: messages in the order they came, and how it ended. */
export interface RawSocket {
  readonly socket: WebSocket;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  send(message: unknown): void;
  sendText(text: string): void;
  /** Several messages in one packet. */
  sendTogether(messages: readonly unknown[]): void;
  /** The next message; rejects when the socket closes first. */
  next(): Promise<unknown>;
  close(): void;
  terminate(): void;
}

export interface RawSocketOptions {
  /** Null asks for none. @default 'graphql-transport-ws' */
  readonly protocol?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

export async function openRawSocket(url: string, options: RawSocketOptions = {}): Promise<RawSocket> {
  const protocols = options.protocol === null ? [] : [options.protocol ?? 'graphql-transport-ws'];
  const socket = new WebSocket(url, protocols, { headers: { ...options.headers } });
  const waiting: { readonly resolve: (message: unknown) => void; readonly reject: (error: Error) => void }[] =
    [];
  const received: unknown[] = [];
  socket.on('message', (data) => {
    const message: unknown = JSON.parse(String(data));
    const first = waiting.shift();
    if (first) first.resolve(message);
    else received.push(message);
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => {
      for (const { reject } of waiting) reject(new Error(`closed ${code} ${reason}`));
      resolve({ code, reason: String(reason) });
    });
  });
  await once(socket, 'open');
  socket.on('error', () => {});

  return {
    socket,
    closed,
    send: (message) => socket.send(JSON.stringify(message)),
    sendText: (text) => socket.send(text),
    sendTogether(messages) {
      const transport = (socket as unknown as { readonly _socket: { cork(): void; uncork(): void } })._socket;
      transport.cork();
      for (const message of messages) socket.send(JSON.stringify(message));
      transport.uncork();
    },
    next() {
      if (received.length > 0) return Promise.resolve(received.shift());
      if (socket.readyState === socket.CLOSED) return Promise.reject(new Error('closed'));
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    close: () => socket.close(1000),
    terminate: () => socket.terminate(),
  };
}
