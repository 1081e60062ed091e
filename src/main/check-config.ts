import type { Env } from '../config/env-reader.ts';
import { type Config, ConfigError, loadConfig } from '../config.ts';

/** Either the settings, or the sentences about them for standard error. */
export type ConfigVerdict = { readonly config: Config } | { readonly complaint: string };

export function checkConfig(env: Env): ConfigVerdict {
  try {
    return { config: loadConfig(env) };
  } catch (error) {
    if (error instanceof ConfigError) return { complaint: `${error.message}\n` };
    throw error;
  }
}

/** What the settings amount to, without any secret. */
export function describeConfig(config: Config): string {
  const { mode, provider, store, auth, server, guards, warnings } = config;
  const callers = {
    none: 'not authenticated',
    secret: 'tokens by shared secret',
    jwks: 'tokens by the keys of an issuer',
  };
  return [
    'The settings are fine.',
    `  mode        ${mode}`,
    `  workspaces  ${provider.workspaces.map(({ id }) => id).join(', ')}`,
    `  provider    ${mode === 'sandbox' ? 'the simulator' : provider.apiUrl}`,
    `  store       ${store.url.split(':')[0] === 'file' ? store.url : 'Redis'}`,
    `  callers     ${callers[auth.kind]}`,
    `  guards      ${guards.mode}`,
    `  spend caps  ${describeCaps(guards)}`,
    `  listens on  ${server.host}, port ${server.port}`,
    `  metrics     ${describeMetrics(server)}`,
    ...warnings.map((warning) => `Note: ${warning}`),
    '',
  ].join('\n');
}

function describeMetrics({ admin, metricsAccess }: Config['server']): string {
  const onMainPort = { public: 'for everybody', token: 'by METRICS_TOKEN', private: null }[
    metricsAccess.kind
  ];
  const places = [
    ...(onMainPort === null ? [] : [`on the same port, ${onMainPort}`]),
    ...(admin === null ? [] : [`on ${admin.host}, port ${admin.port}`]),
  ];
  return places.length === 0 ? 'nowhere (ADMIN_PORT, METRICS_TOKEN, METRICS=public)' : places.join('; ');
}

function describeCaps({ spendPerHour, spendPerDay }: Config['guards']): string {
  const caps = [
    ...(spendPerHour === null ? [] : [`${spendPerHour} an hour`]),
    ...(spendPerDay === null ? [] : [`${spendPerDay} a day`]),
  ];
  return caps.length === 0 ? 'none (GUARD_SPEND_PER_HOUR, GUARD_SPEND_PER_DAY)' : caps.join(', ');
}
