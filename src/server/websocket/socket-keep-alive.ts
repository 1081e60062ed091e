import type { WebSocket } from 'ws';

const PING_INTERVAL_MS = 15_000;
/**
 * A peer that is silent for so long is gone. Long enough for a client that stalls for a minute to be told, once it reads
 * again, why its subscription ended.
 */
const SILENCE_MS = 75_000;

/** Pings a socket while it is open, and ends it when nothing comes back. */
export function keepAlive(socket: WebSocket): void {
  let heardAt = performance.now();
  const hear = () => {
    heardAt = performance.now();
  };
  const timer = setInterval(() => {
    if (performance.now() - heardAt > SILENCE_MS) return socket.terminate();
    if (socket.readyState === socket.OPEN) socket.ping();
  }, PING_INTERVAL_MS);
  timer.unref();
  socket.on('pong', hear).on('message', hear);
  socket.once('close', () => clearInterval(timer));
}
