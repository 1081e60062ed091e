import { randomUUID } from 'node:crypto';
import type { Config } from './config.ts';
import { type Clock, createSteadyClock, systemClock } from './domain/clock.ts';
import { createPendingWork } from './domain/pending-work.ts';
import type { Logger } from './logger.ts';
import { startClockWatch } from './main/clock-watch.ts';
import { type ClosingStack, createClosingStack } from './main/closing-stack.ts';
import { countStoreErrors } from './main/count-store-errors.ts';
import { followReports, openProviders } from './main/open-providers.ts';
import { openRootKey } from './main/root-key.ts';
import { pointWebhookAt, startSandbox } from './main/sandbox.ts';
import { createSealers } from './main/sealers.ts';
import { createWebhookIntake } from './main/webhook-intake.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { createSendReconciler } from './resolvers/sends/send-reconciler.ts';
import { schema } from './schema/index.ts';
import { createAuthenticator } from './server/access/authentication.ts';
import type { GatewayParts } from './server/contracts/gateway-parts.ts';
import { createGatewayServer } from './server/gateway-server.ts';
import { createQueryLimits } from './server/limits/query-limits.ts';
import { createTrustedDocuments } from './server/limits/trusted-documents.ts';
import type { Simulator } from './simulator/simulator.ts';
import type { SimulatorOptions } from './simulator/simulator-options.ts';
import { openStore } from './store/open-store.ts';
import { holdProcessLease } from './store/process-lease.ts';
import { createSendAttempts } from './store/send-attempts.ts';
import { createHub } from './subscriptions/create-hub.ts';
import { createReconciler } from './subscriptions/reconciler.ts';

export interface GatewayOptions {
  readonly logger: Logger;
  /** @default this machine's clock */
  readonly clock?: Clock;
  /** Of the sandbox's simulator. */
  readonly simulator?: Partial<SimulatorOptions>;
}

/** A whole gateway that runs in this process. */
export interface Gateway {
  /** Where it listens: `http://127.0.0.1:4000`. */
  readonly url: string;
  /** Where the admin port listens; null where there is none. */
  readonly adminUrl: string | null;
  /** The provider of the sandbox; null when the provider is the real one. */
  readonly simulator: Simulator | null;
  readonly parts: GatewayParts;
  isReady(): Promise<boolean>;
  /** Says from now on that it is not ready. Everything else goes on as before. */
  retire(): void;
  /** Lets everything that runs come to its end, then closes what was opened, the store last. */
  drain(): Promise<void>;
}

/**
 * Puts a gateway together from its settings and starts it.
 *
 * @throws when the port is taken or the store cannot be opened; nothing stays open then
 */
export async function startGateway(config: Config, options: GatewayOptions): Promise<Gateway> {
  const closing = createClosingStack();
  try {
    return await openGateway(config, options, closing);
  } catch (error) {
    await closing.closeAll().catch(() => undefined);
    throw error;
  }
}

async function openGateway(config: Config, options: GatewayOptions, closing: ClosingStack): Promise<Gateway> {
  const { logger, clock = systemClock } = options;
  const metrics = createMetrics();
  await openTracing(config, logger, closing);
  const simulator = await openSimulator(config, { clock, ...options.simulator }, closing);
  const parts = await openParts(config, { logger, clock, metrics, simulator }, closing);

  const sendReconciler = createSendReconciler({
    ...parts,
    isSandbox: (workspace) => isSandbox(config, workspace),
  });
  const reconciler = createReconciler({ ...parts, accountCallsPerSecond: config.provider.callsPerSecond });
  const server = createGatewayServer(parts);
  // Side by side: with a store that hangs each of them takes its time.
  closing.add(() => Promise.all([server.drain(), reconciler.close(), sendReconciler.close()]));
  const { url, adminUrl } = await server.listen();
  const [workspace] = config.provider.workspaces;
  if (simulator !== null && workspace !== undefined) pointWebhookAt(simulator, workspace, url);
  sendReconciler.start();
  reconciler.start();
  const { isReady, retire } = server;
  return { url, adminUrl, simulator, parts, isReady, retire, drain: closing.closeAll };
}

/** Opened first and so closed last: what ends while the rest is closed is still recorded. */
async function openTracing({ tracing }: Config, logger: Logger, closing: ClosingStack): Promise<void> {
  if (tracing === null) return;
  const { startTracing } = await import('./server/tracing/start-tracing.ts');
  const started = startTracing(tracing, logger);
  closing.add(() => started.close());
}

async function openSimulator(
  config: Config,
  options: { readonly clock: Clock } & Partial<SimulatorOptions>,
  closing: ClosingStack,
): Promise<Simulator | null> {
  const [workspace] = config.provider.workspaces;
  if (config.mode === 'live' || workspace === undefined) return null;
  const simulator = await startSandbox(workspace, options);
  closing.add(() => simulator.close());
  return simulator;
}

interface Surroundings {
  readonly logger: Logger;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly simulator: Simulator | null;
}

/** In the order in which each needs the one before: store, hub, providers. They are closed in the opposite order. */
async function openParts(
  config: Config,
  { simulator, ...surroundings }: Surroundings,
  closing: ClosingStack,
): Promise<GatewayParts> {
  const { logger, clock, metrics } = surroundings;
  const { provider, limits, trustedDocuments } = config;
  const processId = randomUUID();
  const steadyClock = clock === systemClock ? createSteadyClock() : clock;
  const opened = await openStore({ ...config.store, clock, steadyClock, logger, processId });
  const store = countStoreErrors(opened, metrics);
  closing.add(() => store.close());
  const rootKey = await openRootKey(store, config);
  const sendAttempts = createSendAttempts();
  closing.add(async () => sendAttempts.close());
  const lease = await holdProcessLease(store, processId, logger);
  closing.add(() => lease.giveUp());
  const hub = await createHub({ log: store.log, logger, metrics });
  closing.add(() => hub.close());
  const providers = openProviders(provider, simulator?.url ?? provider.apiUrl, surroundings);
  closing.add(() => Promise.all([...providers.values()].map((each) => each.close())));
  followReports(hub, providers);
  const clockWatch = startClockWatch({ store, providers, clock, logger });
  closing.add(async () => clockWatch.close());
  return {
    ...surroundings,
    schema,
    store,
    hub,
    providers,
    defaultWorkspace: provider.defaultWorkspace,
    receiveWebhook: createWebhookIntake(provider.workspaces, { store, clock, logger, metrics }),
    authenticator: createAuthenticator({
      auth: config.auth,
      workspaces: new Map(provider.workspaces.map(({ id }) => [id, { isSandbox: isSandbox(config, id) }])),
      defaultWorkspace: provider.defaultWorkspace,
      clock,
    }),
    queryLimits: createQueryLimits(limits, schema),
    trustedDocuments: trustedDocuments && createTrustedDocuments(trustedDocuments),
    sealers: createSealers(rootKey),
    rootKey,
    processId,
    pendingWork: createPendingWork(),
    sendAttempts,
    server: config.server,
    limits,
    guards: config.guards,
    readinessWarnings: clockWatch.warnings,
  };
}

/** Nothing sent in this workspace reaches a carrier: the simulator answers, or the provider's own sandbox. */
function isSandbox({ mode, provider }: Config, workspaceId: string): boolean {
  const workspace = provider.workspaces.find(({ id }) => id === workspaceId);
  return mode === 'sandbox' || workspace?.apiKey.startsWith('sk_test_') === true;
}
