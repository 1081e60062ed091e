import { errors, type JWTPayload, type JWTVerifyGetKey, type JWTVerifyOptions, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import type { AuthConfig, TokenRules } from '../../config/auth-config.ts';
import type { Clock } from '../../domain/clock.ts';
import { ForbiddenError, GatewayError, UnauthenticatedError } from '../../domain/errors.ts';
import type { Viewer } from '../../domain/viewer.ts';
import type { Authentication, Authenticator } from '../contracts/authenticator.ts';
import { createTokenKeys, type TokenKeysOptions } from './token-keys.ts';

export interface AuthenticatorOptions {
  readonly auth: AuthConfig;
  /** The workspaces served, by id; `isSandbox`: its key reaches no carrier. */
  readonly workspaces: ReadonlyMap<string, { readonly isSandbox: boolean }>;
  /** Of tokens that name none, and of anonymous callers. */
  readonly defaultWorkspace: string;
  readonly clock: Clock;
  readonly keys?: TokenKeysOptions;
}

/** Pinned: a public key must never be taken for a shared secret, and `none` never for a signature. */
const SHARED_SECRET_ALGORITHMS = ['HS256'];
const PUBLIC_KEY_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

const MAX_TOKEN_LENGTH = 8192;
const MAX_CACHED_CHARACTERS = 5_000_000;
const CACHE_TTL_MS = 30_000; // bounds how long a token outlives the withdrawal of its key

/** Checks callers' tokens, or takes everybody for an anonymous caller with every scope where nobody has to prove anything. */
export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { auth } = options;
  if (auth.kind === 'none') return createAnonymousAuthenticator(options);
  const verify =
    auth.kind === 'secret'
      ? verifyBySecret(auth.secret)
      : verifyByKeys(createTokenKeys(auth.url, options.keys));
  return createTokenAuthenticator(options, auth, verify);
}

function createAnonymousAuthenticator({ workspaces, defaultWorkspace }: AuthenticatorOptions): Authenticator {
  const isSandbox = workspaces.get(defaultWorkspace)?.isSandbox ?? false;
  const viewer: Viewer = { subject: null, workspace: defaultWorkspace, scopes: ['*'], isSandbox };
  return { authenticate: async () => ({ viewer, expiresAtMs: null }) };
}

type Verify = (token: string, options: JWTVerifyOptions) => Promise<JWTPayload>;

function verifyBySecret(secret: string): Verify {
  const key = new TextEncoder().encode(secret);
  return async (token, options) =>
    (await jwtVerify(token, key, { ...options, algorithms: SHARED_SECRET_ALGORITHMS })).payload;
}

const verifyByKeys =
  (keys: JWTVerifyGetKey): Verify =>
  async (token, options) =>
    (await jwtVerify(token, keys, { ...options, algorithms: PUBLIC_KEY_ALGORITHMS })).payload;

function createTokenAuthenticator(
  options: AuthenticatorOptions,
  rules: Exclude<AuthConfig, { kind: 'none' }>,
  verify: Verify,
): Authenticator {
  const { clock } = options;
  const cache = new LRUCache<string, Authentication>({
    maxSize: MAX_CACHED_CHARACTERS,
    sizeCalculation: (_authentication, token) => token.length,
    ttl: CACHE_TTL_MS,
    ttlAutopurge: true, // no token stays in memory because nobody asks for it any more
  });

  const check = async (token: string): Promise<Authentication> => {
    const payload = await verify(token, {
      currentDate: new Date(clock.now()),
      clockTolerance: rules.clockSkewSeconds,
      ...(rules.issuer !== null && { issuer: rules.issuer }),
      ...(rules.audience !== null && { audience: rules.audience }),
    });
    checkTimes(payload, rules, clock);
    return { viewer: readViewer(payload, options), expiresAtMs: readExpiry(payload) };
  };

  return {
    async authenticate(token) {
      if (token === null || token === '') throw new UnauthenticatedError('A bearer token is needed.');
      if (token.length > MAX_TOKEN_LENGTH) throw new UnauthenticatedError('The token is too long.');
      const known = cache.get(token);
      const authentication = known ?? (await check(token).catch(rejectToken));
      // The clock skew forgives tokens that seem to come from the future; their end is their end.
      if (authentication.expiresAtMs !== null && authentication.expiresAtMs <= clock.now())
        throw new UnauthenticatedError('The token has expired.');
      if (known === undefined) cache.set(token, authentication);
      return authentication;
    },
  };
}

/** What `jwtVerify` leaves open: a token that never ends is good for ever once it leaks. */
function checkTimes({ exp, iat }: JWTPayload, rules: TokenRules, clock: Clock): void {
  if (exp === undefined && !rules.areEndlessAllowed)
    throw new UnauthenticatedError('The token has no expiry (exp): have its issuer set one.');
  if (iat !== undefined && iat > clock.now() / 1000 + rules.clockSkewSeconds)
    throw new UnauthenticatedError(
      "The token was issued in the future (iat): have its issuer's clock set right.",
    );
}

function readViewer(payload: JWTPayload, options: AuthenticatorOptions): Viewer {
  const { sub, scope, workspace: claimed } = payload as Readonly<Record<string, unknown>>;
  const workspace = claimed === undefined ? options.defaultWorkspace : claimed;
  const served = typeof workspace === 'string' ? options.workspaces.get(workspace) : undefined;
  if (typeof workspace !== 'string' || served === undefined)
    throw new ForbiddenError('The token names a workspace that this gateway does not serve.');
  return {
    subject: typeof sub === 'string' ? sub : null,
    workspace,
    scopes: readScopes(scope),
    isSandbox: served.isSandbox,
  };
}

/** Space-separated (RFC 8693, section 4.2); some issuers write a list. */
function readScopes(scope: unknown): readonly string[] {
  if (typeof scope === 'string') return scope.split(' ').filter((name) => name !== '');
  return Array.isArray(scope) ? scope.filter((name) => typeof name === 'string') : [];
}

const readExpiry = ({ exp }: JWTPayload): number | null => (exp === undefined ? null : exp * 1000);

function rejectToken(error: unknown): never {
  if (error instanceof GatewayError) throw error;
  if (error instanceof errors.JWTExpired) throw new UnauthenticatedError('The token has expired.');
  if (error instanceof errors.JWTClaimValidationFailed)
    throw new UnauthenticatedError(`The token's claim "${error.claim}" is not accepted.`);
  throw new UnauthenticatedError('The token is not valid.');
}
