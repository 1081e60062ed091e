import { randomBytes } from 'node:crypto';
import type { EnvReader } from './env-reader.ts';
import { API_KEY_FORM, MAX_WEBHOOK_SECRET_LENGTH, type WorkspaceConfig } from './workspace-config.ts';
import { readWorkspacesFile } from './workspaces-file.ts';

const DEFAULT_WORKSPACE = 'default';
const DOCUMENTED_BASE_URL = 'https://restlink23telecom.com/api/v1';
const SHORT_SECRET_LENGTH = 16;

export interface ProviderConfig {
  /** Without a trailing slash. In sandbox mode the simulator's address takes its place. */
  readonly apiUrl: string;
  readonly workspaces: readonly WorkspaceConfig[];
  /** The workspace of callers whose token names none, and of `/webhooks/delivery`. */
  readonly defaultWorkspace: string;
  /** Longest wait for one answer, per attempt. */
  readonly timeoutMs: number;
  /** How long an answer serves repeats of the same read. */
  readonly cacheTtlMs: number;
  /** Calls to the provider at once, per workspace. */
  readonly maxConnections: number;
  /** What the account may call, over all its keys. */
  readonly callsPerSecond: number;
}

/** No key at all: the simulator is the provider. */
export const isSandboxEnv = (env: EnvReader): boolean =>
  !env.isSet('SMS_API_KEY') && !env.isSet('WORKSPACES_FILE');

export function readProviderConfig(env: EnvReader): ProviderConfig {
  const url = env.url('SMS_API_URL', ['https:', 'http:']);
  if (url?.protocol === 'http:' && !isLoopback(url))
    env.warning('SMS_API_URL is not encrypted: keys and texts can be read on the way.');
  const workspaces = readWorkspaces(env);
  for (const { id, webhookSecrets } of workspaces) warnOfShortSecrets(env, id, webhookSecrets);
  const named = workspaces.find((workspace) => workspace.id === DEFAULT_WORKSPACE) ?? workspaces[0];
  return {
    apiUrl: (url?.href ?? DOCUMENTED_BASE_URL).replace(/\/+$/, ''),
    workspaces,
    defaultWorkspace: named?.id ?? DEFAULT_WORKSPACE,
    timeoutMs: env.integer('SMS_API_TIMEOUT_MS', { fallback: 10_000, min: 100, max: 120_000 }),
    cacheTtlMs: env.integer('READ_CACHE_TTL_MS', { fallback: 1000, min: 0, max: 60_000 }),
    maxConnections: env.integer('SMS_API_CONNECTIONS', { fallback: 64, min: 1, max: 1000 }),
    callsPerSecond: env.integer('SMS_API_CALLS_PER_SECOND', { fallback: 1000, min: 1, max: 100_000 }),
  };
}

function readWorkspaces(env: EnvReader): readonly WorkspaceConfig[] {
  const path = env.text('WORKSPACES_FILE');
  const single = readSingleWorkspace(env);
  if (path === null) return [single];
  const rivals = ['SMS_API_KEY', 'SMS_API_SECRET', 'WEBHOOK_SECRETS'].filter((name) => env.isSet(name));
  if (rivals.length > 0)
    env.problem(`WORKSPACES_FILE takes the place of ${rivals.join(', ')}: set one or the other.`);
  return readWorkspacesFile(env, path);
}

function readSingleWorkspace(env: EnvReader): WorkspaceConfig {
  const webhookSecrets = env.list('WEBHOOK_SECRETS');
  const apiSecret = env.text('SMS_API_SECRET');
  if (webhookSecrets.some((secret) => secret.length > MAX_WEBHOOK_SECRET_LENGTH))
    env.problem(`WEBHOOK_SECRETS: a secret has at most ${MAX_WEBHOOK_SECRET_LENGTH} characters.`);
  const apiKey = env.text('SMS_API_KEY');
  if (apiKey !== null && !API_KEY_FORM.test(apiKey))
    env.problem('SMS_API_KEY must be printable ASCII without blanks.');
  if (isSandboxEnv(env)) return createSandboxWorkspace(env, webhookSecrets);
  if (webhookSecrets.length === 0 && !env.isSet('WORKSPACES_FILE'))
    env.problem(
      'WEBHOOK_SECRETS is not set: without it anybody could post delivery reports. Set the signing secret of the webhook settings.',
    );
  return { id: DEFAULT_WORKSPACE, apiKey: apiKey ?? '', apiSecret, webhookSecrets };
}

/** The simulator takes whatever key it is started with. */
function createSandboxWorkspace(env: EnvReader, webhookSecrets: readonly string[]): WorkspaceConfig {
  for (const name of ['SMS_API_SECRET', 'SMS_API_URL'].filter((candidate) => env.isSet(candidate)))
    env.warning(`${name} has no effect without SMS_API_KEY: the simulator stands in for the provider.`);
  return {
    id: DEFAULT_WORKSPACE,
    apiKey: `sk_prod_${randomBytes(16).toString('hex')}`,
    apiSecret: null,
    webhookSecrets: webhookSecrets.length > 0 ? webhookSecrets : [randomBytes(24).toString('hex')],
  };
}

function warnOfShortSecrets(env: EnvReader, workspace: string, secrets: readonly string[]): void {
  if (secrets.every((secret) => secret.length >= SHORT_SECRET_LENGTH)) return;
  env.warning(
    `A webhook secret of the workspace "${workspace}" is shorter than ${SHORT_SECRET_LENGTH} characters and may be guessed.`,
  );
}

const isLoopback = (url: URL): boolean => ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
