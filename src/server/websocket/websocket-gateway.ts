import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { handleProtocols } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { CallerSlots } from '../access/caller-slots.ts';
import type { GatewayParts } from '../contracts/gateway-parts.ts';
import { nestsTooDeep } from '../engine/nests-too-deep.ts';
import { type ConnectionRoom, NO_ROOM } from '../http/connection-room.ts';
import { type LoadMonitor, RETRY_AFTER_OVERLOAD_SECONDS } from '../http/load-monitor.ts';
import type { OriginPolicy } from '../http/origin-policy.ts';
import { requestIdOf } from '../http/request-id.ts';
import { CLOSE_CODES } from './close-codes.ts';
import { keepAlive } from './socket-keep-alive.ts';
import { createSocketLink, type SocketLink } from './socket-link.ts';
import { createSocketSession, type SocketSession } from './socket-session.ts';
import { refuseUpgrade, type UpgradeRefusal } from './upgrade-refusal.ts';
import type { ProtocolServer } from './websocket-protocol.ts';
import { createWritePacer, type WritePacer } from './write-pacer.ts';

export interface WebSocketGatewayParts
  extends Pick<GatewayParts, 'authenticator' | 'clock' | 'logger' | 'limits' | 'metrics'> {
  readonly protocol: ProtocolServer;
  readonly origins: OriginPolicy;
  readonly load: LoadMonitor;
  readonly room: ConnectionRoom;
  readonly slots: CallerSlots;
}

export interface WebSocketGateway {
  /** Takes over a connection that asked to become a WebSocket. */
  handleUpgrade(request: IncomingMessage, transport: Duplex, head: Buffer): void;
  /** Accepts no more sockets, closes the open ones in batches, and resolves when all are gone. */
  drain(): Promise<void>;
  /** Cuts what is still open, before the end of the hub would look to its clients like the end of their subscriptions. */
  cut(): void;
}

/** How long a client may take to answer a close before its connection is cut. */
const CLOSE_TIMEOUT_MS = 2_000;
/** How long a drain waits for the queries and mutations of a socket. */
const CALL_GRACE_MS = 8_000;
/** Sockets closed at a time while draining: their clients come back at once, and not all at once. */
const DRAIN_BATCH = 50;
const DRAIN_MAX_BATCHES = 40;
const DRAIN_PAUSE_MS = 100;

export function createWebSocketGateway(parts: WebSocketGatewayParts): WebSocketGateway {
  const open = new Map<WebSocket, SocketSession>();
  let isDraining = false;
  let whenEmpty = () => {};
  const server = createServer(parts);
  const pacer = createWritePacer();

  function accept(socket: WebSocket, request: IncomingMessage, transport: Duplex): void {
    parts.metrics.sockets.inc();
    keepAlive(socket);
    open.set(socket, serve(socket, request, { parts, transport, pacer }));
    socket.once('close', () => {
      open.delete(socket);
      parts.metrics.sockets.dec();
      if (open.size === 0) whenEmpty();
    });
  }

  return {
    handleUpgrade(request, transport, head) {
      const refusal = isDraining ? DRAINING : refusalOf(request, transport, parts);
      if (refusal !== null) return refuseUpgrade(transport, refusal);
      server.handleUpgrade(request, transport, head, (socket) => accept(socket, request, transport));
    },
    async drain() {
      isDraining = true;
      const empty = new Promise<void>((resolve) => {
        whenEmpty = resolve;
      });
      const sessions = [...open.values()];
      const size = Math.max(DRAIN_BATCH, Math.ceil(sessions.length / DRAIN_MAX_BATCHES));
      for (let start = 0; start < sessions.length; start += size) {
        if (start > 0) await sleep(DRAIN_PAUSE_MS);
        for (const { link, calls } of sessions.slice(start, start + size))
          void closeWhenQuiet(link, calls.whenIdle());
      }
      if (open.size > 0) await empty;
    },
    cut() {
      for (const socket of open.keys()) socket.terminate();
    },
  };
}

async function closeWhenQuiet(link: SocketLink, quiet: Promise<void>): Promise<void> {
  const grace = new AbortController();
  await Promise.race([quiet, sleep(CALL_GRACE_MS, undefined, { signal: grace.signal }).catch(() => {})]);
  grace.abort();
  await nextTurn(); // the last answer, and its `complete`, go out first
  link.close(CLOSE_CODES.serviceRestart, 'Service restart');
}

const DRAINING = { status: 503, message: 'This process is about to end.', headers: { 'retry-after': '1' } };

/** Null: the WebSocket has its place, until its connection closes. */
function refusalOf(
  request: IncomingMessage,
  transport: Duplex,
  { origins, load, room, metrics }: WebSocketGatewayParts,
): UpgradeRefusal | null {
  if (!origins.isAllowed(request))
    return { status: 403, message: 'Pages of this origin may not connect: list it in CORS_ORIGINS.' };
  const isOverloaded = load.isOverloaded;
  if (!isOverloaded && room.hold(transport) !== null) return null;
  metrics.shedRequests.inc({ route: 'graphql' });
  const headers = { 'retry-after': String(RETRY_AFTER_OVERLOAD_SECONDS) };
  const message = isOverloaded ? 'The gateway has more to do than it can: try again.' : NO_ROOM;
  return { status: 503, message, headers };
}

function createServer({ limits }: WebSocketGatewayParts): WebSocketServer {
  const options = {
    noServer: true,
    maxPayload: limits.socketMessageBytes,
    perMessageDeflate: false,
    clientTracking: false,
    // A `complete` and a `subscribe` with the same id in one packet are then handled one after the other.
    allowSynchronousEvents: false,
    closeTimeout: CLOSE_TIMEOUT_MS,
    handleProtocols,
  };
  return new WebSocketServer(options);
}

interface Connection {
  readonly parts: WebSocketGatewayParts;
  readonly transport: Duplex;
  readonly pacer: WritePacer;
}

/** Lets graphql-ws speak with one socket. */
function serve(
  socket: WebSocket,
  request: IncomingMessage,
  { parts, transport, pacer }: Connection,
): SocketSession {
  const link = createSocketLink(socket, transport, pacer);
  const requestId = requestIdOf(request);
  const session = createSocketSession(parts, { link, request, requestId });
  const onMessage = async (handle: (data: string) => Promise<void>, data: string) => {
    if (nestsTooDeep(data)) {
      link.close(CLOSE_CODES.badRequest, 'The message nests too deep');
      return;
    }
    try {
      await handle(data);
    } catch (error) {
      parts.logger.error({ err: error, requestId }, 'could not handle a WebSocket message');
      link.close(CLOSE_CODES.internalError, 'Internal error');
    }
  };
  const closed = parts.protocol.opened(
    {
      protocol: socket.protocol,
      send: async (frame) => link.sendAnswer(frame),
      close: link.close,
      onMessage: (handle) =>
        socket.on('message', (data) => {
          void onMessage(handle, String(data));
          if (link.isFull) void pauseUntilRoom(socket, link.whenRoom());
        }),
    },
    session,
  );
  socket.on('error', (error) => parts.logger.debug({ err: error, requestId }, 'a WebSocket failed'));
  socket.once('close', (code, reason) => {
    session.end();
    void closed(code, String(reason));
  });
  return session;
}

/** Who does not read the answers is not asked for more questions. */
async function pauseUntilRoom(socket: WebSocket, room: Promise<void>): Promise<void> {
  socket.pause();
  await room;
  socket.resume();
}
