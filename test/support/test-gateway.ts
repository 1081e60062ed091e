import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { GraphQLSchema } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import { pino } from 'pino';
import { WebSocket } from 'ws';
import { loadConfig } from '../../src/config.ts';
import { systemClock } from '../../src/domain/clock.ts';
import { createPendingWork } from '../../src/domain/pending-work.ts';
import { createTokenSealer } from '../../src/domain/sealed-token.ts';
import { createMetrics } from '../../src/metrics.ts';
import { createProvider } from '../../src/rest/provider.ts';
import type { Provider } from '../../src/rest/provider-session.ts';
import { createAuthenticator } from '../../src/server/access/authentication.ts';
import type { GatewayParts } from '../../src/server/contracts/gateway-parts.ts';
import { createGatewayServer, type GatewayServer } from '../../src/server/gateway-server.ts';
import { createQueryLimits } from '../../src/server/limits/query-limits.ts';
import { openStore } from '../../src/store/open-store.ts';
import { createSendAttempts } from '../../src/store/send-attempts.ts';
import { createHub } from '../../src/subscriptions/create-hub.ts';

export interface TestGateway {
  readonly url: string;
  readonly graphqlUrl: string;
  readonly webSocketUrl: string;
  readonly server: GatewayServer;
  readonly parts: GatewayParts;
  /** Every line that was logged. */
  readonly logLines: readonly string[];
  /** Appends a report with the given number to the log of a workspace: one tick for its subscribers. */
  tick(number: number, workspace?: string): Promise<void>;
  post(body: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** A client of graphql-ws that does not come back by itself. */
  connect(connectionParams?: Record<string, unknown>): Client;
  close(): Promise<void>;
}

export interface TestGatewayOptions {
  readonly schema: GraphQLSchema;
  /** Settings as in the environment; sandbox mode unless a key is set. */
  readonly env?: Readonly<Record<string, string>>;
  readonly parts?: Partial<GatewayParts>;
  readonly workspaces?: readonly string[];
}

const WORKSPACE = 'default';
/** Nobody is turned away, however busy the machine is that runs the tests. */
export const PATIENT = { LIMIT_EVENT_LOOP_LAG_MS: '60000' };

/** The whole server with a real store, hub and provider client on free ports of this machine. */
export async function startTestGateway(options: TestGatewayOptions): Promise<TestGateway> {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-test-'));
  const { parts, logLines } = await createParts(options, folder);
  const server = createGatewayServer(parts);
  const { url } = await server.listen();
  const graphqlUrl = `${url}/graphql`;
  const webSocketUrl = graphqlUrl.replace('http', 'ws');

  return {
    url,
    graphqlUrl,
    webSocketUrl,
    server,
    parts,
    logLines,
    async tick(number, workspace = WORKSPACE) {
      await parts.store.log.append(workspace, reportOf(number));
    },
    post: (body, headers = {}) =>
      fetch(graphqlUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    connect: (connectionParams) =>
      createClient({
        url: webSocketUrl,
        webSocketImpl: WebSocket,
        retryAttempts: 0,
        ...(connectionParams === undefined ? {} : { connectionParams }),
      }),
    async close() {
      await server.drain();
      await parts.hub.close();
      for (const provider of parts.providers.values()) await provider.close();
      await parts.store.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function createParts(options: TestGatewayOptions, folder: string) {
  const { schema, env = {}, workspaces = [WORKSPACE] } = options;
  const config = loadConfig({ PORT: '0', DRAIN_TIMEOUT_MS: '3000', NODE_ENV: 'test', ...PATIENT, ...env });
  const logLines: string[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      logLines.push(String(chunk));
      done();
    },
  });
  const logger = pino({ level: 'debug' }, sink);
  const metrics = createMetrics({ process: false });
  const processId = 'test';
  const store = await openStore({ url: `file:${folder}`, clock: systemClock, logger, processId });
  const seal = (purpose: string) => createTokenSealer(config.rootKey, purpose);
  const served = new Map(workspaces.map((workspace) => [workspace, { isSandbox: true }]));
  const parts: GatewayParts = {
    schema,
    logger,
    metrics,
    clock: systemClock,
    store,
    hub: await createHub({ log: store.log, logger, metrics }),
    providers: new Map(
      workspaces.map((workspace) => [workspace, unreachableProvider(workspace, { logger, metrics })]),
    ),
    defaultWorkspace: WORKSPACE,
    receiveWebhook: async () => 204,
    authenticator: createAuthenticator({
      auth: config.auth,
      workspaces: served,
      defaultWorkspace: WORKSPACE,
      clock: systemClock,
    }),
    queryLimits: createQueryLimits(config.limits, schema),
    trustedDocuments: null,
    sealers: { pageCursor: seal('page'), eventCursor: seal('event'), exportToken: seal('export') },
    rootKey: config.rootKey,
    processId,
    pendingWork: createPendingWork(),
    sendAttempts: createSendAttempts(),
    readinessWarnings: () => [],
    server: config.server,
    limits: config.limits,
    guards: config.guards,
    ...options.parts,
  };
  return { parts, logLines };
}

/** Port 1 answers nobody: for schemas that ask the provider nothing. */
function unreachableProvider(
  workspace: string,
  { logger, metrics }: Pick<GatewayParts, 'logger' | 'metrics'>,
): Provider {
  return createProvider({
    workspace,
    baseUrl: 'http://127.0.0.1:1/api/v1',
    apiKey: 'sk_test_of_the_test',
    apiSecret: null,
    clock: systemClock,
    logger,
    metrics,
  });
}

const reportOf = (number: number) => ({
  messageId: `tick-${number}`,
  recipient: '+447911123456',
  sender: 'Test',
  status: 'DELIVERED' as const,
  rawStatus: 'DELIVRD',
  statusCode: '000',
  segments: 1,
  cost: null,
  occurredAt: '2026-02-13T10:30:00.000Z',
  receivedAt: '2026-02-13T10:30:01.000Z',
  isRecovered: false,
});
