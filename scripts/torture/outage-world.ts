import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pino } from 'pino';
import { createMetrics } from '../../src/metrics.ts';
import { createProvider } from '../../src/rest/provider.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { createSimulatedTime, type SimulatedTime } from '../../src/simulator/time/simulated-time.ts';
import type { SimulatorTimings } from '../../src/simulator/time/timings.ts';
import { openEmbeddedStore } from '../../src/store/embedded/open-embedded-store.ts';
import type { Store } from '../../src/store/store.ts';
import { createHub } from '../../src/subscriptions/create-hub.ts';
import { createReconciler, type Reconciler } from '../../src/subscriptions/reconciler.ts';
import { watchesForSend } from '../../src/subscriptions/watches.ts';
import { createWebhookReceiver, type WebhookReceiver } from '../../src/subscriptions/webhook.ts';

const WORKSPACE = 'main';
const KEY = 'sk_prod_torture';
const SECRET = 'a secret of the torture';
const START_MS = Date.parse('2026-02-13T09:00:00Z');

/** A provider in simulated time, and the parts of a gateway that take reports in. */
export interface OutageWorld {
  readonly time: SimulatedTime;
  readonly simulator: Simulator;
  readonly store: Store;
  readonly workspace: string;
  /** False: webhooks find the connection cut. */
  isReachable: boolean;
  send(recipients: readonly string[]): Promise<readonly string[]>;
  /** A gateway process begins to reconcile. */
  startReconciler(): Promise<Reconciler>;
  close(): Promise<void>;
}

export async function openOutageWorld(timings: Partial<SimulatorTimings>): Promise<OutageWorld> {
  const time = createSimulatedTime(START_MS);
  const folder = await mkdtemp(join(tmpdir(), 'gateway-outage-'));
  const store = await openEmbeddedStore(folder, time);
  const surroundings = {
    clock: time,
    logger: pino({ level: 'silent' }),
    metrics: createMetrics({ process: false }),
  };
  const receiver = createWebhookReceiver({ store, ...surroundings });
  const door = await openDoor(receiver, () => world.isReachable);
  const accounts = [
    {
      ...{ id: WORKSPACE, balance: '1000000', keys: [{ key: KEY }] },
      webhook: { deliveryUrl: door.url, signingSecret: SECRET },
    },
  ];
  const simulator = await startSimulator({ clock: time, accounts, timings });
  const settings = { workspace: WORKSPACE, baseUrl: simulator.url, apiKey: KEY, apiSecret: null };
  const provider = createProvider({ ...settings, ...surroundings });
  const hub = await createHub({ log: store.log, ...surroundings });
  const reconcilers: Reconciler[] = [];

  const world: OutageWorld = {
    ...{ time, simulator, store, workspace: WORKSPACE, isReachable: true },
    async send(recipients) {
      const session = provider.openSession(new AbortController());
      const request = { to: recipients, text: 'Your code is 1234', sender: 'MyApp' };
      const receipt = await session.sendMessages(request, { beforeWrite: async () => {}, replay: null });
      const watches = watchesForSend(receipt, { workspace: WORKSPACE, nowMs: time.now() });
      await store.watches.add(watches);
      return watches.map(({ messageId }) => messageId);
    },
    async startReconciler() {
      const providers = new Map([[WORKSPACE, provider]]);
      const processId = `process-${reconcilers.length}`;
      const reconciler = createReconciler({ store, hub, providers, processId, ...surroundings });
      reconcilers.push(reconciler);
      return reconciler;
    },
    async close() {
      await Promise.all(reconcilers.map((reconciler) => reconciler.close()));
      await hub.close();
      await simulator.close();
      await provider.close();
      door.server.close();
      door.server.closeAllConnections();
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return world;
}

/** Where the provider posts its reports. */
async function openDoor(
  receiver: WebhookReceiver,
  isReachable: () => boolean,
): Promise<{ readonly server: Server; readonly url: string }> {
  const server = createServer(async (request, response) => {
    if (!isReachable()) return void request.destroy();
    const { status } = await receiver.receive({
      ...{ workspace: WORKSPACE, secrets: [SECRET], rawBody: await buffer(request) },
      timestamp: headerOf(request, 'x-webhook-timestamp'),
      signature: headerOf(request, 'x-webhook-signature'),
    });
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

const headerOf = (request: IncomingMessage, name: string): string | undefined => {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
};
