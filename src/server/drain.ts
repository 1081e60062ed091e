import type { Server, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PendingWork } from '../domain/pending-work.ts';
import type { WebSocketGateway } from './websocket-gateway.ts';

export interface DrainParts {
  readonly server: Server;
  readonly sockets: WebSocketGateway;
  /** Ended without a `complete`: their clients come back with `Last-Event-ID`. */
  readonly openStreams: ReadonlySet<ServerResponse>;
  /** Those that were running when the drain began. */
  readonly requests: PendingWork;
  readonly pendingWork: PendingWork;
  readonly timeoutMs: number;
}

/** Connections that are kept alive turn idle one by one as their requests finish. */
const SWEEP_INTERVAL_MS = 50;
/** How long the caller of an event stream may take to read the rest of it. */
const STREAM_GRACE_MS = 2_000;

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

/** Resolves when the last connection is gone. */
async function stopListening({ server, openStreams, pendingWork }: DrainParts): Promise<void> {
  const isClosed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  endStreams(openStreams);
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_INTERVAL_MS).unref();
  await isClosed;
  clearInterval(sweep);
  await pendingWork.whenIdle();
}
