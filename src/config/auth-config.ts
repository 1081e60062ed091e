import type { EnvReader } from './env-reader.ts';

/** How callers prove who they are. */
export type AuthConfig =
  | { readonly kind: 'none' }
  | ({ readonly kind: 'secret'; readonly secret: string } & TokenRules)
  | ({ readonly kind: 'jwks'; readonly url: URL } & TokenRules);

export interface TokenRules {
  /** Null: every issuer will do. */
  readonly issuer: string | null;
  /** Null: every audience will do. */
  readonly audience: string | null;
  /** How far a token may seem to come from the future. */
  readonly clockSkewSeconds: number;
  /** Whether tokens without `exp` are taken: one that leaks is good for ever. */
  readonly areEndlessAllowed: boolean;
}

const MIN_JWT_SECRET_BYTES = 32; // RFC 7518, section 3.2: an HS256 key has at least 256 bits

/** In sandbox mode callers need no token, unless a way to check tokens is set. */
export function readAuthConfig(env: EnvReader, isSandbox: boolean): AuthConfig {
  const isNone = env.oneOf('AUTH', ['token', 'none'], 'token') === 'none';
  const secret = readSecret(env);
  const url = env.url('AUTH_JWKS_URL', ['https:', 'http:']);
  const rules: TokenRules = {
    issuer: env.text('AUTH_ISSUER'),
    audience: env.text('AUTH_AUDIENCE'),
    clockSkewSeconds: env.integer('AUTH_CLOCK_SKEW_SECONDS', { fallback: 5, min: 0, max: 300 }),
    areEndlessAllowed: env.oneOf('AUTH_TOKENS_WITHOUT_EXP', ['refuse', 'allow'], 'refuse') === 'allow',
  };
  const ways = ['AUTH_JWT_SECRET', 'AUTH_JWKS_URL'].filter((name) => env.isSet(name));
  checkWays(env, ways, { isNone, isSandbox });
  if (ways.length === 0) warnOfIdleRules(env, rules);

  if (isNone) return { kind: 'none' };
  if (url !== null) return { kind: 'jwks', url, ...rules };
  if (secret !== null) return { kind: 'secret', secret, ...rules };
  return { kind: 'none' };
}

function readSecret(env: EnvReader): string | null {
  const secret = env.text('AUTH_JWT_SECRET');
  if (secret !== null && Buffer.byteLength(secret) < MIN_JWT_SECRET_BYTES)
    env.problem(`AUTH_JWT_SECRET must have at least ${MIN_JWT_SECRET_BYTES} bytes.`);
  return secret;
}

function checkWays(
  env: EnvReader,
  ways: readonly string[],
  { isNone, isSandbox }: { isNone: boolean; isSandbox: boolean },
): void {
  if (ways.length > 1) env.problem('AUTH_JWT_SECRET and AUTH_JWKS_URL exclude each other: set one of them.');
  if (isNone && ways.length > 0) env.problem(`AUTH=none and ${ways.join(' and ')} exclude each other.`);
  if (isSandbox || isNone || ways.length > 0) return;
  env.problem(
    'Callers are not authenticated: set AUTH_JWT_SECRET or AUTH_JWKS_URL, or AUTH=none to let everybody send with your key.',
  );
}

function warnOfIdleRules(env: EnvReader, rules: TokenRules): void {
  if (rules.issuer === null && rules.audience === null) return;
  env.warning('AUTH_ISSUER and AUTH_AUDIENCE have no effect without AUTH_JWT_SECRET or AUTH_JWKS_URL.');
}
