import { hkdfSync } from 'node:crypto';
import { type AuthConfig, readAuthConfig } from './config/auth-config.ts';
import { createEnvReader, type Env, type EnvReader } from './config/env-reader.ts';
import { type GuardsConfig, readGuardsConfig } from './config/guards.ts';
import { type LimitsConfig, readLimitsConfig } from './config/limits.ts';
import { isSandboxEnv, type ProviderConfig, readProviderConfig } from './config/provider-config.ts';
import { readServerConfig, type ServerConfig } from './config/server-config.ts';
import { readStoreConfig, type StoreConfig } from './config/store-config.ts';
import { readTracingConfig, type TracingConfig } from './config/tracing-config.ts';
import { readTrustedDocuments } from './config/trusted-documents-file.ts';

/** Everything that can be set, read once at the start and complete: nothing else reads the environment. */
export interface Config {
  /** `sandbox`: no key is set, the simulator stands in for the provider. */
  readonly mode: 'sandbox' | 'live';
  readonly server: ServerConfig;
  readonly provider: ProviderConfig;
  readonly store: StoreConfig;
  readonly auth: AuthConfig;
  readonly limits: LimitsConfig;
  readonly guards: GuardsConfig;
  /** Documents by id; when set, nothing else runs. */
  readonly trustedDocuments: ReadonlyMap<string, string> | null;
  /** Secret that all replicas share: cursors, tokens and fingerprints are keyed by it. */
  readonly rootKey: Buffer;
  /** GATEWAY_SECRET is set; else the root key is made from the provider's key, and the store keeps it when that changes. */
  readonly hasGatewaySecret: boolean;
  readonly logLevel: LogLevel;
  /** Null: nobody asks for traces. */
  readonly tracing: TracingConfig | null;
  /** Sentences about settings that work but may not be meant. */
  readonly warnings: readonly string[];
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

const MIN_GATEWAY_SECRET_BYTES = 32;
const OWN_PREFIXES =
  /^(AUTH|SMS|WEBHOOK|WORKSPACES|STORE|RETENTION|LIMIT|GUARD|TRUSTED|CORS|METRIC|READ_CACHE|GATEWAY)(_|S_|S$)/;

/** The settings cannot be used. `problems` are sentences that name variables and never repeat a value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly problems: readonly string[]) {
    super(
      [
        problems.length === 1 ? 'One setting is wrong:' : `${problems.length} settings are wrong:`,
        ...problems.map((problem) => `  - ${problem}`),
        'Every setting is explained in .env.example.',
      ].join('\n'),
    );
  }
}

/** @throws ConfigError with everything that is wrong, not only the first */
export function loadConfig(env: Env): Config {
  const reader = createEnvReader(env);
  const config = readConfig(reader);
  warnOfUnknownNames(reader, env);
  if (reader.problems.length > 0) throw new ConfigError(reader.problems);
  return config;
}

/** The names of all settings: `.env.example` explains each of them. */
export function listSettingNames(): readonly string[] {
  const reader = createEnvReader({});
  readConfig(reader);
  return [...reader.names];
}

function readConfig(env: EnvReader): Config {
  const isSandbox = isSandboxEnv(env);
  const provider = readProviderConfig(env);
  const server = readServerConfig(env, isSandbox);
  const auth = readAuthConfig(env, isSandbox);
  if (auth.kind === 'none' && !isSandbox && !server.isLoopbackOnly)
    env.warning(
      'AUTH=none and HOST is not a loopback address: whoever reaches the port can send with your key.',
    );
  return {
    mode: isSandbox ? 'sandbox' : 'live',
    server,
    provider,
    store: readStoreConfig(env),
    auth,
    limits: readLimitsConfig(env),
    guards: readGuardsConfig(env, isSandbox),
    trustedDocuments: readTrustedDocuments(env),
    rootKey: readRootKey(env, isSandbox ? 'sandbox' : (provider.workspaces[0]?.apiKey ?? '')),
    hasGatewaySecret: env.isSet('GATEWAY_SECRET'),
    logLevel: env.oneOf('LOG_LEVEL', LOG_LEVELS, 'info'),
    tracing: readTracingConfig(env),
    warnings: env.warnings,
  };
}

/** Replicas with the same provider key share the root key without a setting of its own. */
function readRootKey(env: EnvReader, providerKey: string): Buffer {
  const secret = env.text('GATEWAY_SECRET');
  if (secret !== null && Buffer.byteLength(secret) < MIN_GATEWAY_SECRET_BYTES)
    env.problem(`GATEWAY_SECRET must have at least ${MIN_GATEWAY_SECRET_BYTES} bytes.`);
  return Buffer.from(hkdfSync('sha256', secret ?? providerKey, '', 'gateway-root-key/1', 32));
}

/** A misspelt name would leave a guard at its default without a word. */
function warnOfUnknownNames(reader: EnvReader, env: Env): void {
  for (const name of Object.keys(env))
    if (OWN_PREFIXES.test(name) && !reader.names.has(name))
      reader.warning(`${name} is not a setting of this gateway.`);
}
