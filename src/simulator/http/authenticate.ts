import type { IncomingHttpHeaders } from 'node:http';
import type { KeyState } from '../accounts/key-state.ts';
import { isFreshTimestamp, isSignedBy } from '../accounts/request-signature.ts';
import { ApiProblem } from '../api/api-problem.ts';

export interface Credentials {
  readonly headers: IncomingHttpHeaders;
  readonly method: string;
  /** With `/api/v1`, without the query string. */
  readonly path: string;
  readonly body: Buffer;
  readonly ip: string;
}

const headerOf = (headers: IncomingHttpHeaders, name: string): string | null => {
  const value = headers[name];
  return typeof value === 'string' && value !== '' ? value : null;
};

/**
 * Finds the key of a request, in the provider's order: key, account, address, signature.
 *
 * @throws ApiProblem with one of the 401 codes
 */
export function authenticate(
  keys: ReadonlyMap<string, KeyState>,
  credentials: Credentials,
  nowMs: number,
): KeyState {
  const presented = headerOf(credentials.headers, 'x-api-key');
  if (presented === null) throw problemWithoutKey(credentials.headers, nowMs);
  const key = keys.get(presented);
  if (key === undefined) throw new ApiProblem('INVALID_API_KEY', 'The API key is not known.');
  requireUsable(key, credentials.ip);
  if (key.secret !== null) requireSignature(key, key.secret, credentials, nowMs);
  return key;
}

function requireUsable(key: KeyState, ip: string): void {
  if (key.state === 'inactive') throw new ApiProblem('API_KEY_INACTIVE', 'The API key is switched off.');
  if (key.state === 'expired') throw new ApiProblem('API_KEY_EXPIRED', 'The API key has expired.');
  if (!key.workspace.account.condition.isActive) {
    throw new ApiProblem('USER_NOT_ACTIVE', 'The account is not active.');
  }
  if (key.allowedIps !== null && !key.allowedIps.has(ip)) {
    throw new ApiProblem('IP_NOT_ALLOWED', 'The API key may not be used from this address.');
  }
}

/** A stale or replayed pair is answered like a wrong signature: the provider names no code of its own. */
function requireSignature(key: KeyState, secret: string, credentials: Credentials, nowMs: number): void {
  const timestamp = headerOf(credentials.headers, 'x-timestamp');
  const signature = headerOf(credentials.headers, 'x-signature');
  if (timestamp === null || signature === null) {
    throw new ApiProblem('SIGNATURE_REQUIRED', 'This API key requires X-Timestamp and X-Signature.');
  }
  const isGood =
    isFreshTimestamp(timestamp, nowMs) &&
    isSignedBy(secret, { ...credentials, timestamp }, signature) &&
    key.usedSignatures.use(timestamp, signature, nowMs);
  if (!isGood) throw new ApiProblem('INVALID_SIGNATURE', 'The signature is wrong, stale or was used before.');
}

/** Tokens of the portal are refused here, as precisely as the provider does. */
function problemWithoutKey(headers: IncomingHttpHeaders, nowMs: number): ApiProblem {
  const authorization = headerOf(headers, 'authorization');
  if (authorization === null || !authorization.startsWith('Bearer ')) {
    return new ApiProblem('UNAUTHORIZED', 'Credentials are missing.');
  }
  return isExpiredToken(authorization.slice('Bearer '.length), nowMs)
    ? new ApiProblem('TOKEN_EXPIRED', 'The token has expired.')
    : new ApiProblem('INVALID_TOKEN', 'The token is not valid.');
}

function isExpiredToken(token: string, nowMs: number): boolean {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    if (typeof claims !== 'object' || claims === null || !('exp' in claims)) return false;
    return typeof claims.exp === 'number' && claims.exp * 1000 < nowMs;
  } catch {
    return false;
  }
}
