import { createServer, type Server, type ServerResponse } from 'node:http';
import { createPendingWork } from '../domain/pending-work.ts';
import { createCallerSlots } from './access/caller-slots.ts';
import type { GatewayParts } from './contracts/gateway-parts.ts';
import { drainServer } from './drain.ts';
import { createErrorPresenter } from './engine/error-presenter.ts';
import { createGraphqlEngine } from './engine/graphql-engine.ts';
import { createContextFactory } from './engine/operation-context.ts';
import { createOperationRunner } from './engine/operation-runner.ts';
import { createGraphiqlPage } from './graphiql/graphiql-page.ts';
import { createGraphqlHttp } from './graphql/graphql-http.ts';
import { type ConnectionRoom, createConnectionRoom, readOpenFileLimit } from './http/connection-room.ts';
import { type Listening, listen } from './http/listen.ts';
import { createLoadMonitor } from './http/load-monitor.ts';
import { createOriginPolicy } from './http/origin-policy.ts';
import { routeOf } from './http/route.ts';
import { createExportDownload } from './routes/export-download.ts';
import { createReadinessCheck } from './routes/health.ts';
import { createAdminListener, createRequestListener } from './routes/request-listener.ts';
import { createWebhookRoute } from './routes/webhook-route.ts';
import { refuseUpgrade } from './websocket/upgrade-refusal.ts';
import { createWebSocketGateway } from './websocket/websocket-gateway.ts';
import { createWebSocketProtocol } from './websocket/websocket-protocol.ts';

export interface GatewayListening extends Listening {
  /** Of the admin port; null where there is none. */
  readonly adminUrl: string | null;
}

export interface GatewayServer {
  /** Starts to listen. Rejects when an address cannot be taken. */
  listen(): Promise<GatewayListening>;
  /** False before `listen`, once a drain began, and while the store or the hub cannot work. */
  isReady(): Promise<boolean>;
  /** Says from now on that it is not ready. Everything else goes on as before. */
  retire(): void;
  /**
   * Lets running requests finish, closes sockets and streams so that their clients come back elsewhere, stops accepting.
   * Resolves when all is done or the time is up; the hub and the store may be closed then.
   */
  drain(): Promise<void>;
}

/** A request that is not there by then is given up: slow senders hold connections, nothing else. */
const SERVER_TIMEOUTS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  /** Longer than the minute that load balancers usually keep their connections. */
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 5_000,
} as const;

/** One HTTP server for everything, and a small one for the inside; they hold no state of their own that outlives them. */
export function createGatewayServer(parts: GatewayParts): GatewayServer {
  let publicUrl = parts.server.publicUrl ?? '';
  let retiredAtMs: number | null = null;
  const room = createConnectionRoom({ ...parts, openFiles: readOpenFileLimit() });
  const transport = assemble({ ...parts, room }, () => publicUrl);
  const checkReadiness = createReadinessCheck(parts, () => retiredAtMs !== null);
  const onRequest = createRequestListener({ ...parts, ...transport, checkReadiness });
  const onAdminRequest = createAdminListener({ ...parts, checkReadiness });
  let running = createPendingWork();
  const retire = () => {
    retiredAtMs ??= performance.now();
    return retiredAtMs;
  };
  const server = createServer(SERVER_TIMEOUTS, (request, response) => {
    room.begin(request, response);
    if (retiredAtMs !== null) response.shouldKeepAlive = false;
    void running.track(onRequest(request, response));
  });
  const adminServer = createServer(SERVER_TIMEOUTS, (request, response) => {
    room.begin(request, response);
    void onAdminRequest(request, response);
  });
  room.watch(server);
  room.watch(adminServer);
  server.on('upgrade', (request, socket, head) => {
    if (routeOf(request.url).name === 'graphql') transport.sockets.handleUpgrade(request, socket, head);
    else refuseUpgrade(socket, { status: 404, message: 'WebSockets are served at /graphql.' });
  });

  return {
    async listen() {
      const listening = await listen(server, parts.server);
      publicUrl ||= listening.url;
      const { admin } = parts.server;
      return { ...listening, adminUrl: admin && (await listen(adminServer, admin)).url };
    },
    isReady: async () => server.listening && (await checkReadiness()).isReady,
    retire: () => void retire(),
    async drain() {
      const timeoutMs = Math.max(0, parts.server.drainTimeoutMs - (performance.now() - retire()));
      // What begins from now on is let finish too, but not waited for before the port is closed: it might go on for ever.
      const requests = running;
      running = createPendingWork();
      await drainServer({ ...parts, ...transport, server, requests, lateRequests: running, timeoutMs });
      closeAtOnce(adminServer); // the last of it, so that probes and metrics are answered meanwhile
      transport.load.stop();
    },
  };
}

function closeAtOnce(server: Server): void {
  server.close();
  server.closeAllConnections();
}

/** Puts the ways in together, all of them on one runner of operations. */
function assemble(parts: GatewayParts & { readonly room: ConnectionRoom }, publicUrl: () => string) {
  const { server, limits } = parts;
  const load = createLoadMonitor(limits.shedLagMs);
  const origins = createOriginPolicy(parts, publicUrl);
  const presentError = createErrorPresenter(parts.logger, { hidesSchema: !server.isIntrospectionOn });
  const contexts = createContextFactory(parts, publicUrl);
  const engine = createGraphqlEngine(parts, contexts.forEvent);
  const runner = createOperationRunner({
    ...parts,
    engine,
    presentError,
    createContext: contexts.forOperation,
  });
  const openStreams = new Set<ServerResponse>();
  const shared = { ...parts, runner, presentError, load, origins };
  return {
    load,
    openStreams,
    graphql: createGraphqlHttp({
      ...shared,
      openStreams,
      streamSlots: createCallerSlots(limits.streamsPerCaller),
      page: server.isGraphiqlOn ? createGraphiqlPage() : null,
    }),
    download: createExportDownload(shared),
    webhook: createWebhookRoute(parts.receiveWebhook, parts.metrics),
    sockets: createWebSocketGateway({
      ...shared,
      protocol: createWebSocketProtocol(shared),
      slots: createCallerSlots(limits.socketsPerCaller),
    }),
  };
}
