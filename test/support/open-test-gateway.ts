import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GraphQLFormattedError, graphql } from 'graphql';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { createEnvReader } from '../../src/config/env-reader.ts';
import { readGuardsConfig } from '../../src/config/guards.ts';
import type { OperationContext, Sealers } from '../../src/context.ts';
import { createPendingWork } from '../../src/domain/pending-work.ts';
import { createTokenSealer } from '../../src/domain/sealed-token.ts';
import type { Viewer } from '../../src/domain/viewer.ts';
import { createMetrics } from '../../src/metrics.ts';
import { createProvider } from '../../src/rest/provider.ts';
import { schema } from '../../src/schema/index.ts';
import type { SimulatorAccount } from '../../src/simulator/accounts/simulator-account.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { createSimulatedTime, type SimulatedTime } from '../../src/simulator/time/simulated-time.ts';
import { openEmbeddedStore } from '../../src/store/embedded/open-embedded-store.ts';
import { createSendAttempts } from '../../src/store/send-attempts.ts';
import type { Store } from '../../src/store/store.ts';
import { createHub } from '../../src/subscriptions/create-hub.ts';

const API_KEY = 'sk_prod_of_the_test';
export const WORKSPACE = 'main';

/** An answer as a client gets it, less what the transport adds. */
export interface Answer {
  readonly data: Record<string, unknown> | null;
  readonly errors: readonly (GraphQLFormattedError & { readonly code: unknown })[];
  /** REST calls that the operation made. */
  readonly calls: number;
}

export interface TestGateway {
  readonly simulator: Simulator;
  readonly time: SimulatedTime;
  readonly store: Store;
  readonly sealers: Sealers;
  run(source: string, variables?: Record<string, unknown>, viewer?: Partial<Viewer>): Promise<Answer>;
}

export interface TestGatewayOptions {
  readonly account?: Partial<SimulatorAccount>;
  readonly startAt?: string;
}

/**
 * The schema over the real client, store and hub, against a simulated provider whose time stands still until the test
 * moves it. Everything is closed when the test ends.
 */
export async function openTestGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const time = createSimulatedTime(Date.parse(options.startAt ?? '2026-02-13T10:30:00Z'));
  const account = { id: WORKSPACE, keys: [{ key: API_KEY }], ...options.account };
  const simulator = await startSimulator({ clock: time, accounts: [account] });
  const parts = await openParts(simulator, time);

  return {
    simulator,
    time,
    store: parts.store,
    sealers: parts.sealers,
    async run(source, variableValues = {}, viewer = {}) {
      const provider = parts.provider.openSession(new AbortController());
      const contextValue: OperationContext = {
        ...parts,
        provider,
        requestId: 'request-of-the-test',
        viewer: { subject: 'tester', workspace: WORKSPACE, scopes: ['*'], isSandbox: false, ...viewer },
        hangUp: new AbortController(),
      };
      const { data, errors = [] } = await graphql({ schema, source, variableValues, contextValue });
      return {
        // A plain copy, as it would travel: graphql's own objects have no prototype.
        data: data ? structuredClone({ ...data }) : null,
        errors: errors.map((error) => ({ ...error.toJSON(), code: codeOf(error.originalError) })),
        calls: provider.cost.calls,
      };
    },
  };
}

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : null;

async function openParts(simulator: Simulator, time: SimulatedTime) {
  const logger = pino({ level: 'silent' });
  const metrics = createMetrics({ process: false });
  const folder = mkdtempSync(join(tmpdir(), 'test-gateway-'));
  const store = await openEmbeddedStore(folder, time);
  const hub = await createHub({ log: store.log, logger, metrics });
  const provider = createProvider({
    workspace: WORKSPACE,
    baseUrl: simulator.url,
    apiKey: API_KEY,
    apiSecret: null,
    clock: time,
    logger,
    metrics,
    retry: { baseDelayMs: 1, rateLimitDelayMs: 1 },
    cache: { ttlMs: 0 }, // time stands still: an answer would serve for ever
  });
  onTestFinished(async () => {
    await Promise.all([hub.close(), provider.close(), simulator.close()]);
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const rootKey = Buffer.from('root key of the test');
  return {
    logger,
    metrics,
    store,
    hub,
    provider,
    rootKey,
    sealers: {
      pageCursor: createTokenSealer(rootKey, 'page-cursor/1'),
      eventCursor: createTokenSealer(rootKey, 'event-cursor/1'),
      exportToken: createTokenSealer(rootKey, 'export-token/1'),
    },
    clock: time,
    processId: 'process-of-the-test',
    publicUrl: 'http://gateway.test',
    guards: readGuardsConfig(createEnvReader({}), true),
    pendingWork: createPendingWork(),
    sendAttempts: createSendAttempts(),
  };
}
