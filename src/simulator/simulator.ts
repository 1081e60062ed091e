import type { AccountCondition } from './accounts/simulator-account.ts';
import { createSeededRandom, type SeededRandom } from './chance/seeded-random.ts';
import { startCleanUp } from './delivery/clean-up.ts';
import type { WebhookAttemptRecord } from './delivery/workspace-webhooks.ts';
import { API_BASE_PATH } from './http/call-target.ts';
import { FAULTS_PATH } from './http/fault-route.ts';
import { createFaultSwitch, type FaultSwitch } from './http/fault-switch.ts';
import { type ListeningServer, listen } from './http/listen.ts';
import { createRateCounter, DEFAULT_RATE_LIMIT } from './http/rate-limit.ts';
import { createRequestHandler, type RequestHandlerParts } from './http/request-handler.ts';
import { createRequestLog, type RequestLog } from './http/request-log.ts';
import type { MessageRecord } from './messages/message-record.ts';
import type { SimulatorOptions } from './simulator-options.ts';
import {
  createDisposableTime,
  createRealTime,
  type DisposableTime,
  isSimulatorTime,
} from './time/simulator-time.ts';
import { openWorld } from './world/open-world.ts';
import type { ExportRun, World } from './world/world.ts';
import {
  addArrivals,
  changeAccount,
  countMessages,
  findWorkspace,
  setWebhook,
} from './world/world-controls.ts';

/** A provider in memory, reachable over HTTP. */
export interface Simulator {
  /** Base URL including `/api/v1`. */
  readonly url: string;
  /** Where faults can be switched over HTTP. */
  readonly faultsUrl: string;
  readonly faults: FaultSwitch;
  readonly requests: RequestLog;
  /** CSV exports, oldest first. */
  readonly exports: readonly ExportRun[];
  /** Messages accepted over `POST /sms/send`, all accounts together. */
  readonly acceptedCount: number;
  /** All messages of the API that are held, the past included. */
  readonly messageCount: number;
  /** Messages accepted over `POST /sms/send` for a number, oldest first. */
  sentTo(recipient: string): readonly MessageRecord[];
  /** The attempts to post webhooks of a workspace, oldest first. */
  webhookAttempts(workspaceId: string): readonly WebhookAttemptRecord[];
  /** Sets where a workspace's reports go; null switches off. An account's first workspace bears the account's id. */
  setWebhook(workspaceId: string, deliveryUrl: string | null, signingSecret?: string | null): void;
  /** Switches an account into another condition; what is not named stays. */
  changeAccount(accountId: string, change: Partial<AccountCondition>): void;
  /** Puts delivered messages at the head of a workspace's lists; returns their ids, oldest first. */
  addArrivals(count: number, workspaceId?: string): readonly string[];
  /** Ends connections, webhooks, exports and timers. */
  close(): Promise<void>;
}

const DEFAULT_HOST = '127.0.0.1';
const DEFAULT_SEED = 1;

function openTime({ clock }: SimulatorOptions): DisposableTime {
  const isDriven = clock !== undefined && isSimulatorTime(clock);
  return createDisposableTime(isDriven ? clock : createRealTime(clock));
}

function createHandlerParts(
  options: SimulatorOptions,
  world: World,
  random: SeededRandom,
  closing: AbortSignal,
): RequestHandlerParts {
  const limits = { ...DEFAULT_RATE_LIMIT, ...options.rateLimit };
  const now = () => world.time.now();
  return {
    world,
    closing,
    faults: createFaultSwitch(random.fork('faults')),
    requests: createRequestLog(),
    accountRate: createRateCounter(limits.perAccountPerSecond, now),
    ipRate: createRateCounter(limits.perIpPerSecond, now),
  };
}

/** Starts a provider on a port of its own. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const time = openTime(options);
  const random = createSeededRandom(options.seed ?? DEFAULT_SEED);
  const world = openWorld(options, time, random);
  startCleanUp(time, () => [...world.workspaces.values()].map(({ live }) => live));
  const closing = new AbortController();
  const parts = createHandlerParts(options, world, random, closing.signal);
  const handler = createRequestHandler(parts);
  const server = await listen(handler, options.host ?? DEFAULT_HOST, options.port ?? 0);

  async function close(): Promise<void> {
    time.dispose();
    closing.abort();
    world.webhooks.close();
    await server.close();
  }
  return createHandle(parts, server, random.fork('arrivals'), close);
}

function createHandle(
  { world, faults, requests }: RequestHandlerParts,
  { origin }: ListeningServer,
  arrivals: SeededRandom,
  close: () => Promise<void>,
): Simulator {
  return {
    url: `${origin}${API_BASE_PATH}`,
    faultsUrl: `${origin}${FAULTS_PATH}`,
    faults,
    requests,
    exports: world.exports,
    get acceptedCount() {
      return world.accepted.count;
    },
    get messageCount() {
      return countMessages(world);
    },
    sentTo: (recipient) => world.accepted.to(recipient),
    webhookAttempts: (workspaceId) => findWorkspace(world, workspaceId).webhookLog,
    setWebhook: (id, url, secret = null) => setWebhook(findWorkspace(world, id), url, secret),
    changeAccount: (accountId, change) => changeAccount(world, accountId, change),
    addArrivals: (count, id) => addArrivals(world, findWorkspace(world, id), count, arrivals),
    close,
  };
}
