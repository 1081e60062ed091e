import type { EnvReader } from './env-reader.ts';

export interface ServerConfig {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Where callers reach the gateway, without a trailing slash; null: where it listens. */
  readonly publicUrl: string | null;
  readonly isLoopbackOnly: boolean;
  /** Where metrics and health are served besides, for the inside; null: nowhere. */
  readonly admin: AdminAddress | null;
  /** Who may read the metrics on the public port. */
  readonly metricsAccess: MetricsAccess;
  /** Origins of pages that may call from a browser, besides the gateway's own. */
  readonly corsOrigins: ReadonlySet<string>;
  /** True in the sandbox: pages that any port of this machine serves may call too, because a newcomer's page is one of them. */
  readonly areLocalOriginsAllowed: boolean;
  readonly isGraphiqlOn: boolean;
  readonly isIntrospectionOn: boolean;
  /** Longest time to finish what runs once the process is told to stop. */
  readonly drainTimeoutMs: number;
  /** The beginning of it, in which everything is still served while readiness says no: load balancers take notice. */
  readonly drainNoticeMs: number;
}

export interface AdminAddress {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
}

export type MetricsAccess =
  | { readonly kind: 'public' | 'private' }
  | { readonly kind: 'token'; readonly token: string };

/** GraphiQL and introspection are on in sandbox mode and development, and off in production unless switched on. */
export function readServerConfig(env: EnvReader, isSandbox: boolean): ServerConfig {
  const isOpen = env.text('NODE_ENV') === 'development' || isSandbox;
  const address = {
    host: env.text('HOST') ?? LOOPBACK,
    port: env.integer('PORT', { fallback: 4000, min: 0, max: MAX_PORT }),
  };
  return {
    ...address,
    publicUrl: readPublicUrl(env),
    isLoopbackOnly: isLoopbackHost(address.host),
    admin: readAdmin(env, address),
    metricsAccess: readMetricsAccess(env, isSandbox),
    corsOrigins: readOrigins(env),
    areLocalOriginsAllowed: isSandbox,
    isGraphiqlOn: env.isOn('GRAPHIQL', isOpen),
    isIntrospectionOn: env.isOn('INTROSPECTION', isOpen),
    ...readDrain(env, isSandbox),
  };
}

const LOOPBACK = '127.0.0.1';
const MAX_PORT = 65_535;

function readAdmin(env: EnvReader, main: AdminAddress): AdminAddress | null {
  const host = env.text('ADMIN_HOST') ?? LOOPBACK;
  const port = env.integer('ADMIN_PORT', { fallback: 0, min: 0, max: MAX_PORT });
  if (env.isSet('ADMIN_PORT')) {
    if (port !== 0 && port === main.port && host === main.host)
      env.problem('ADMIN_PORT and PORT must not be the same.');
    return { host, port };
  }
  if (env.isSet('ADMIN_HOST')) env.warning('ADMIN_HOST has no effect without ADMIN_PORT.');
  return null;
}

/** What can be sent as a bearer token, and not be guessed. */
const USABLE_TOKEN = /^[\x21-\x7e]{16,}$/;

function readMetricsAccess(env: EnvReader, isSandbox: boolean): MetricsAccess {
  const token = env.text('METRICS_TOKEN');
  const kind = env.oneOf('METRICS', ['public', 'private'], isSandbox ? 'public' : 'private');
  if (token === null) return { kind };
  if (!USABLE_TOKEN.test(token))
    env.problem('METRICS_TOKEN must have at least 16 characters, printable ASCII without blanks.');
  if (env.isSet('METRICS')) env.problem('METRICS and METRICS_TOKEN exclude each other: set one of them.');
  return { kind: 'token', token };
}

const NOTICE_SHARE = 0.1;

function readDrain(env: EnvReader, isSandbox: boolean) {
  const drainTimeoutMs = env.integer('DRAIN_TIMEOUT_MS', { fallback: 20_000, min: 0, max: 300_000 });
  const fallback = isSandbox ? 0 : Math.floor(drainTimeoutMs * NOTICE_SHARE);
  const drainNoticeMs = env.integer('DRAIN_NOTICE_MS', { fallback, min: 0, max: 300_000 });
  if (drainNoticeMs > 0 && drainNoticeMs >= drainTimeoutMs)
    env.problem('DRAIN_NOTICE_MS must be less than DRAIN_TIMEOUT_MS, which includes it.');
  return { drainTimeoutMs, drainNoticeMs };
}

function readPublicUrl(env: EnvReader): string | null {
  const url = env.url('PUBLIC_URL', ['https:', 'http:']);
  if (url === null) return null;
  if (url.search !== '' || url.hash !== '') env.problem('PUBLIC_URL must have no query and no fragment.');
  return url.href.replace(/\/+$/, '');
}

function readOrigins(env: EnvReader): ReadonlySet<string> {
  const origins = env.list('CORS_ORIGINS');
  const isOrigin = (text: string) =>
    URL.canParse(text) && new URL(text).origin === text && text.startsWith('http');
  if (!origins.every(isOrigin))
    env.problem(
      'CORS_ORIGINS must be origins without a path, comma-separated: https://app.example.com,http://localhost:5173. "*" is not one.',
    );
  return new Set(origins);
}

const isLoopbackHost = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host.startsWith('127.');
