import type { Server, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PendingWork } from '../domain/pending-work.ts';
import type { WebSocketGateway } from './websocket-gateway.ts';

export interface DrainParts {
  readonly server: Server;
  readonly sockets: WebSocketGateway;
  /** Ended without a `complete`: their clients come back with `Last-Event-ID`. */
  readonly openStreams: ReadonlySet<ServerResponse>;
  readonly pendingWork: PendingWork;
  readonly timeoutMs: number;
}

/** Connections that are kept alive turn idle one by one as their requests finish. */
const SWEEP_INTERVAL_MS = 50;

/** Stops the server as gently as the time allows. Resolves in any case. */
export async function drainServer(parts: DrainParts): Promise<void> {
  const { server, sockets, openStreams, pendingWork, timeoutMs } = parts;
  const over = new AbortController();
  const isClosed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_INTERVAL_MS);
  for (const response of openStreams) response.end();
  const allDone = Promise.all([isClosed, sockets.drain(), pendingWork.whenIdle()]);
  await Promise.race([allDone, sleep(timeoutMs, undefined, { signal: over.signal }).catch(() => {})]);
  over.abort();
  clearInterval(sweep);
  server.closeAllConnections();
}
