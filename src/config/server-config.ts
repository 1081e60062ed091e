import type { EnvReader } from './env-reader.ts';

export interface ServerConfig {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Where callers reach the gateway, without a trailing slash; null: where it listens. */
  readonly publicUrl: string | null;
  readonly isLoopbackOnly: boolean;
  /** Origins of pages that may call from a browser, besides the gateway's own. */
  readonly corsOrigins: ReadonlySet<string>;
  readonly isGraphiqlOn: boolean;
  readonly isIntrospectionOn: boolean;
  /** Longest time to finish what runs once the process is told to stop. */
  readonly drainTimeoutMs: number;
  /** The beginning of it, in which everything is still served while readiness says no: load balancers take notice. */
  readonly drainNoticeMs: number;
}

/** GraphiQL and introspection are on in sandbox mode and development, and off in production unless switched on. */
export function readServerConfig(env: EnvReader, isSandbox: boolean): ServerConfig {
  const isOpen = env.text('NODE_ENV') === 'development' || isSandbox;
  const host = env.text('HOST') ?? '127.0.0.1';
  return {
    host,
    port: env.integer('PORT', { fallback: 4000, min: 0, max: 65_535 }),
    publicUrl: readPublicUrl(env),
    isLoopbackOnly: isLoopbackHost(host),
    corsOrigins: readOrigins(env),
    isGraphiqlOn: env.isOn('GRAPHIQL', isOpen),
    isIntrospectionOn: env.isOn('INTROSPECTION', isOpen),
    ...readDrain(env, isSandbox),
  };
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
