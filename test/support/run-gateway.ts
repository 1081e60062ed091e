import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, createClient } from 'graphql-ws';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { loadConfig } from '../../src/config.ts';
import { createLogger } from '../../src/logger.ts';
import type { SimulatorAccount } from '../../src/simulator/accounts/simulator-account.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import type { SimulatorOptions } from '../../src/simulator/simulator-options.ts';
import { type Gateway, type GatewayOptions, startGateway } from '../../src/start-gateway.ts';
import { PATIENT } from './test-gateway.ts';

export const API_KEY = 'sk_prod_of_the_test';
export const WEBHOOK_SECRET = 'webhook-secret-of-the-test';

/** An answer as it came over HTTP; data is whatever the query asked for. */
export interface HttpAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a query chosen by each test decides the shape
  readonly data: any;
  readonly errors: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions: { readonly code: string } & Readonly<Record<string, unknown>>;
  }[];
  /** What it cost. */
  readonly upstream: { readonly calls: number; readonly coalesced: number; readonly cached: number };
}

/** A whole gateway in this process, and a caller of it over real HTTP and WebSocket. */
export interface RunningGateway {
  readonly gateway: Gateway;
  readonly url: string;
  readonly graphqlUrl: string;
  ask(query: string, variables?: object, signal?: AbortSignal): Promise<HttpAnswer>;
  /** A new WebSocket client, closed when the test ends. */
  connect(): Client;
}

export interface RunOptions extends Partial<GatewayOptions> {
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a gateway in front of a provider, and ends it with the test. Guards are off unless `env` says otherwise. */
export async function runGateway(providerUrl: string, options: RunOptions = {}): Promise<RunningGateway> {
  const { env, ...rest } = options;
  const folder = mkdtempSync(join(tmpdir(), 'running-gateway-'));
  const config = loadConfig({
    PORT: '0',
    METRICS: 'public',
    STORE_URL: `file:${join(folder, 'data')}`,
    SMS_API_URL: providerUrl,
    SMS_API_KEY: API_KEY,
    WEBHOOK_SECRETS: WEBHOOK_SECRET,
    AUTH: 'none',
    GUARDS: 'off',
    INTROSPECTION: 'on',
    DRAIN_TIMEOUT_MS: '1000',
    ...PATIENT,
    ...env,
  });
  const gateway = await startGateway(config, { logger: createLogger('silent'), ...rest });
  onTestFinished(async () => {
    await gateway.drain();
    rmSync(folder, { recursive: true, force: true });
  });
  return callerOf(gateway);
}

function callerOf(gateway: Gateway): RunningGateway {
  const graphqlUrl = `${gateway.url}/graphql`;
  return {
    gateway,
    url: gateway.url,
    graphqlUrl,
    async ask(query, variables = {}, signal) {
      const response = await fetch(graphqlUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
        ...(signal !== undefined && { signal }),
      });
      const { data = null, errors = [], extensions } = JSON.parse(await response.text());
      return { status: response.status, data, errors, upstream: extensions?.upstream };
    },
    connect() {
      const client = createClient({
        url: graphqlUrl.replace('http', 'ws'),
        webSocketImpl: WebSocket,
        retryAttempts: 0,
      });
      onTestFinished(() => void client.dispose());
      return client;
    },
  };
}

export interface SimulatedRunOptions extends RunOptions {
  readonly account?: Partial<SimulatorAccount>;
  readonly provider?: Partial<SimulatorOptions>;
}

/** The same in front of a simulator of its own, which posts its reports back. */
export async function runSimulated(
  options: SimulatedRunOptions = {},
): Promise<RunningGateway & { readonly simulator: Simulator }> {
  const { account, provider, ...rest } = options;
  const simulator = await startSimulator({
    accounts: [{ id: 'default', keys: [{ key: API_KEY }], ...account }],
    ...(options.clock !== undefined && { clock: options.clock }),
    ...provider,
  });
  onTestFinished(() => simulator.close());
  const running = await runGateway(simulator.url, rest);
  simulator.setWebhook('default', `${running.url}/webhooks/delivery`, WEBHOOK_SECRET);
  return { ...running, simulator };
}
