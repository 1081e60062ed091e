import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { createEnvReader } from '../../../src/config/env-reader.ts';
import { type GuardsConfig, readGuardsConfig } from '../../../src/config/guards.ts';
import type { OperationContext } from '../../../src/context.ts';
import type { InputProblem } from '../../../src/domain/errors.ts';
import { createPendingWork } from '../../../src/domain/pending-work.ts';
import { createTokenSealer } from '../../../src/domain/sealed-token.ts';
import { createMetrics, type Metrics } from '../../../src/metrics.ts';
import { sendSms } from '../../../src/resolvers/send-sms.ts';
import type { SendResult } from '../../../src/resolvers/sends/prepared-send.ts';
import type { SendSmsInput } from '../../../src/resolvers/sends/validate-send.ts';
import { createProvider } from '../../../src/rest/provider.ts';
import type { Provider } from '../../../src/rest/provider-session.ts';
import type { SimulatorAccount } from '../../../src/simulator/accounts/simulator-account.ts';
import { type Simulator, startSimulator } from '../../../src/simulator/simulator.ts';
import { createSimulatedTime, type SimulatedTime } from '../../../src/simulator/time/simulated-time.ts';
import { openEmbeddedStore } from '../../../src/store/embedded/open-embedded-store.ts';
import { createSendAttempts } from '../../../src/store/send-attempts.ts';
import type { LedgerEntry } from '../../../src/store/send-ledger.ts';
import type { Store } from '../../../src/store/store.ts';
import { createHub } from '../../../src/subscriptions/create-hub.ts';

const API_KEY = 'sk_prod_of_the_test';
export const WORKSPACE = 'main';

export interface SendDeskOptions {
  /** Makes the key a signing one. */
  readonly apiSecret?: string;
  readonly account?: Partial<SimulatorAccount>;
  readonly guards?: Partial<GuardsConfig>;
  /** Another address than the simulator's. */
  readonly baseUrl?: string;
}

/** Sends against a simulated provider, with the real client and the real store; time moves when the test says so. */
export interface SendDesk {
  readonly simulator: Simulator;
  readonly time: SimulatedTime;
  readonly store: Store;
  readonly provider: Provider;
  readonly metrics: Metrics;
  readonly rootKey: Buffer;
  /** What a request of a caller runs in. */
  context(changes?: Partial<OperationContext>): OperationContext;
  send(input?: Partial<SendSmsInput>, changes?: Partial<OperationContext>): Promise<SendResult>;
  /** How the send failed; fails the test when it did not. */
  failedSend(input?: Partial<SendSmsInput>, changes?: Partial<OperationContext>): Promise<SendFailure>;
  entry(idempotencyKey: string): Promise<LedgerEntry | null>;
  /** `POST /sms/send` calls that reached the provider. */
  readonly postCount: number;
}

export type SendFailure = Error & {
  readonly code?: string;
  readonly problems?: readonly InputProblem[];
  readonly idempotencyKey?: string;
  readonly isSafeToRetry?: boolean;
};

export const INPUT: SendSmsInput = {
  to: ['+447400123456'],
  text: 'Your code is 847291',
  sender: 'MyApp',
  idempotencyKey: 'order-1',
};

export async function openSendDesk(options: SendDeskOptions = {}): Promise<SendDesk> {
  const { apiSecret } = options;
  const time = createSimulatedTime(Date.parse('2026-02-13T10:30:00Z'));
  const key = apiSecret === undefined ? { key: API_KEY } : { key: API_KEY, secret: apiSecret };
  const account = { id: WORKSPACE, keys: [key], ...options.account };
  const simulator = await startSimulator({ clock: time, accounts: [account] });
  const parts = await openParts(options, simulator, time);
  const { store, provider } = parts;

  const context: SendDesk['context'] = (changes = {}) => {
    const hangUp = changes.hangUp ?? new AbortController();
    const viewer = { subject: 'tester', workspace: WORKSPACE, scopes: ['*'], isSandbox: false };
    const session = provider.openSession(hangUp);
    return { ...parts, provider: session, requestId: 'request', viewer, hangUp, ...changes };
  };
  const send: SendDesk['send'] = (input, changes) => sendSms({ ...INPUT, ...input }, context(changes));

  return {
    ...parts,
    simulator,
    time,
    context,
    send,
    failedSend: (input, changes) =>
      send(input, changes).then(
        () => {
          throw new Error('The send was to fail.');
        },
        (error: SendFailure) => error,
      ),
    entry: (idempotencyKey) => store.sends.find(WORKSPACE, idempotencyKey),
    get postCount() {
      return simulator.requests.count({ method: 'POST', path: '/sms/send' });
    },
  };
}

async function openParts(options: SendDeskOptions, simulator: Simulator, time: SimulatedTime) {
  const logger = pino({ level: 'silent' });
  const metrics = createMetrics({ process: false });
  const folder = mkdtempSync(join(tmpdir(), 'send-desk-'));
  const store = await openEmbeddedStore(folder, time);
  const hub = await createHub({ log: store.log, logger, metrics });
  const provider = createProvider({
    workspace: WORKSPACE,
    baseUrl: options.baseUrl ?? simulator.url,
    apiKey: API_KEY,
    apiSecret: options.apiSecret ?? null,
    clock: time,
    logger,
    metrics,
    timeoutMs: 1000,
    retry: { baseDelayMs: 1, rateLimitDelayMs: 1 },
    cache: { ttlMs: 0 }, // time stands still: an answer would serve for ever
  });
  onTestFinished(async () => {
    await Promise.all([hub.close(), provider.close(), simulator.close()]);
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const rootKey = Buffer.from('root key of the test');
  const sealerOf = (purpose: string) => createTokenSealer(rootKey, purpose);
  return {
    logger,
    metrics,
    store,
    hub,
    provider,
    rootKey,
    clock: time,
    processId: 'process-of-the-test',
    publicUrl: 'http://gateway.test',
    guards: { ...readGuardsConfig(createEnvReader({}), false), ...options.guards },
    pendingWork: createPendingWork(),
    sendAttempts: createSendAttempts(),
    sealers: {
      pageCursor: sealerOf('page-cursor/1'),
      eventCursor: sealerOf('event-cursor/1'),
      exportToken: sealerOf('export-token/1'),
    },
  };
}
