import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config.ts';
import { createLogger } from '../../src/logger.ts';
import { listSecrets } from '../../src/main/list-secrets.ts';
import type { SimulatorAccount } from '../../src/simulator/accounts/simulator-account.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { type Gateway, type GatewayOptions, startGateway } from '../../src/start-gateway.ts';
import { PATIENT } from './test-gateway.ts';
import { SECRET } from './tokens.ts';

/** A gateway as it runs in production: real keys, callers with tokens, guards that enforce. */
export interface LiveGateway {
  readonly gateway: Gateway;
  readonly url: string;
  readonly graphqlUrl: string;
  readonly webSocketUrl: string;
  /** Every line that was logged. */
  readonly logLines: readonly string[];
  metrics(): Promise<string>;
  close(): Promise<void>;
}

export interface LiveGatewayOptions extends Omit<Partial<GatewayOptions>, 'logger'> {
  readonly providerUrl: string;
  /** Each has the key `sk_prod_<workspace>`; the first one is the default. @default ['shop'] */
  readonly workspaces?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export const webhookSecretOf = (workspace: string): string => `webhook-secret-of-${workspace}`;

/** A simulated provider with an account for each workspace. */
export function startProvider(
  workspaces: readonly string[] = ['shop'],
  account: Partial<SimulatorAccount> = {},
): Promise<Simulator> {
  const accounts = workspaces.map((id) => ({ ...account, id, keys: [{ key: `sk_prod_${id}` }] }));
  return startSimulator({ accounts });
}

export async function startLiveGateway(options: LiveGatewayOptions): Promise<LiveGateway> {
  const { providerUrl, workspaces = ['shop'], env = {}, ...rest } = options;
  const folder = mkdtempSync(join(tmpdir(), 'live-gateway-'));
  const workspacesFile = join(folder, 'workspaces.json');
  const entries = workspaces.map((id) => ({
    id,
    apiKey: `sk_prod_${id}`,
    webhookSecrets: [webhookSecretOf(id)],
  }));
  writeFileSync(workspacesFile, JSON.stringify(entries));
  const config = loadConfig({
    PORT: '0',
    METRICS: 'public',
    STORE_URL: `file:${join(folder, 'data')}`,
    SMS_API_URL: providerUrl,
    WORKSPACES_FILE: workspacesFile,
    DRAIN_TIMEOUT_MS: '3000',
    ...PATIENT,
    ...(env['AUTH_JWKS_URL'] === undefined && { AUTH_JWT_SECRET: SECRET }),
    ...env,
  });
  const logLines: string[] = [];
  const destination = { write: (line: string) => void logLines.push(line) };
  const logger = createLogger(config.logLevel, { secrets: listSecrets(config), destination });
  const gateway = await startGateway(config, { ...rest, logger });
  const graphqlUrl = `${gateway.url}/graphql`;

  return {
    gateway,
    url: gateway.url,
    graphqlUrl,
    webSocketUrl: graphqlUrl.replace('http', 'ws'),
    logLines,
    metrics: async () => (await fetch(`${gateway.url}/metrics`)).text(),
    async close() {
      await gateway.drain();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
