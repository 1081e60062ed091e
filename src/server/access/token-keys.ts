import { createLocalJWKSet, createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import { UpstreamUnavailableError } from '../../domain/errors.ts';

export interface TokenKeysOptions {
  /**
   * Least time between two fetches caused by keys nobody knows: made-up key ids cannot drive traffic to the issuer. An issuer
   * that gave no answer is left alone for as long.
   * @default 10000
   */
  readonly cooldownMs?: number;
  /** @default 600000 */
  readonly maxAgeMs?: number;
  /** How long keys that cannot be renewed are still believed. @default 3600000 */
  readonly maxStaleMs?: number;
}

/**
 * The issuer's public keys: fetched when first needed, renewed every ten minutes and when a token names a key that is not
 * among them (rotation). While the issuer cannot be reached, the last known keys go on serving for an hour.
 */
export function createTokenKeys(url: URL, options: TokenKeysOptions = {}): JWTVerifyGetKey {
  const { cooldownMs = 10_000, maxAgeMs = 600_000, maxStaleMs = 3_600_000 } = options;
  const remote = createRemoteJWKSet(url, {
    cooldownDuration: cooldownMs,
    cacheMaxAge: maxAgeMs,
    timeoutDuration: 5000,
  });
  let staleUntilMs = 0;
  let awayUntilMs = 0;
  const lastKnown = () => (Date.now() < staleUntilMs ? remote.jwks() : undefined);

  return async (header, token) => {
    // An issuer that is away is not asked for every token: each would wait for its timeout.
    const stale = Date.now() < awayUntilMs ? lastKnown() : undefined;
    if (stale !== undefined) return createLocalJWKSet(stale)(header, token);
    try {
      const key = await remote(header, token);
      staleUntilMs = Date.now() + maxStaleMs;
      return key;
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      awayUntilMs = Date.now() + cooldownMs;
      const known = lastKnown();
      if (known !== undefined) return createLocalJWKSet(known)(header, token);
      throw new UpstreamUnavailableError(
        'Tokens cannot be checked at the moment: the key server gave no usable answer.',
        true,
      );
    }
  };
}

/** Everything but a verdict on the token itself: no answer, another status than 200, not a key set. */
function isUnreachable(error: unknown): boolean {
  if (!(error instanceof errors.JOSEError)) return true;
  return ['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID'].includes(error.code);
}
