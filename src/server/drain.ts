import type { Server, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PendingWork } from '../domain/pending-work.ts';
import type { WebSocketGateway } from './websocket/websocket-gateway.ts';

export interface DrainParts {
  readonly server: Server;
  readonly sockets: WebSocketGateway;
  /** Ended without a `complete`: their clients come back with `Last-Event-ID`. */
  readonly openStreams: ReadonlySet<ServerResponse>;
  /** Those that were running when the drain began. */
  readonly requests: PendingWork;
  /** Those that begin while it goes on. */
  readonly lateRequests: PendingWork;
  readonly pendingWork: PendingWork;
  readonly timeoutMs: number;
}

/** Connections that are kept alive turn idle one by one as their requests finish. */
const SWEEP_INTERVAL_MS = 50;
/** How long the caller of an event stream may take to read the rest of it. */
const STREAM_GRACE_MS = 2_000;
/** How long callers may take to read the last answers, once there is nothing else to wait for. */
const READING_GRACE_MS = 3_000;

/**
 * Stops the server as gently as the time allows: what was running ends first, with the port still open, so that probes hear
 * that it is not ready and nobody is turned away who has not noticed; then it listens no more. Resolves in any case.
 */
export async function drainServer(parts: DrainParts): Promise<void> {
  const over = new AbortController();
  const timeUp = sleep(parts.timeoutMs, undefined, { signal: over.signal }).catch(() => {});
  await Promise.race([finishRunning(parts), timeUp]);
  await Promise.race([stopListening(parts), timeUp]);
  over.abort();
  parts.sockets.cut();
  parts.server.closeAllConnections();
}

async function finishRunning({ sockets, openStreams, requests, pendingWork }: DrainParts): Promise<void> {
  endStreams(openStreams);
  await Promise.all([requests.whenIdle(), sockets.drain()]);
  await pendingWork.whenIdle();
}

function endStreams(openStreams: ReadonlySet<ServerResponse>): void {
  for (const response of openStreams) {
    response.end();
    const cut = setTimeout(() => response.destroy(), STREAM_GRACE_MS).unref();
    response.once('close', () => clearTimeout(cut));
  }
}

/** Resolves when everything is answered, and read by all who read at all. */
async function stopListening(parts: DrainParts): Promise<void> {
  const { server, openStreams, lateRequests, pendingWork } = parts;
  const isClosed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  endStreams(openStreams);
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_INTERVAL_MS).unref();
  await lateRequests.whenIdle();
  // A connection that is open still has an answer that nobody reads, or half a request that nobody finishes.
  await Promise.race([isClosed, sleep(READING_GRACE_MS, undefined, { ref: false })]);
  clearInterval(sweep);
  await pendingWork.whenIdle();
}
