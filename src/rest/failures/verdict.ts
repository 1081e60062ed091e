import type { Refusal } from './failures.ts';

/** What a refusal of the provider means, whatever was asked. */
export type Verdict =
  /** Something in the request is wrong; `INPUT_PATHS` of the caller tell what. */
  | 'invalid'
  | 'balance'
  /** The account or the key may not do this. */
  | 'forbidden'
  /** The gateway's key is not accepted: nothing a caller can mend. */
  | 'credentials'
  | 'missing'
  | 'rate_limited'
  /** A fault after which the provider undid everything. */
  | 'rolled_back'
  /** A fault; what was asked may have been done. */
  | 'fault'
  /** A refusal in no form this version knows. */
  | 'unclear';

/** Every `error_code` the provider documents. */
const VERDICT_BY_CODE: Readonly<Record<string, Verdict>> = {
  INVALID_BODY: 'invalid',
  INVALID_PARAMS: 'invalid',
  INVALID_TO: 'invalid',
  INVALID_MESSAGE: 'invalid',
  INVALID_SENDER: 'invalid',
  TOO_MANY_RECIPIENTS: 'invalid',
  INVALID_WORKSPACE_HEADER: 'credentials',
  INVALID_URL: 'invalid',
  INVALID_SECRET: 'invalid',
  INVALID_FIELDS: 'invalid',
  INVALID_TOGGLE: 'invalid',
  CONFLICTING_FIELDS: 'invalid',
  UNAUTHORIZED: 'credentials',
  INVALID_TOKEN: 'credentials',
  TOKEN_EXPIRED: 'credentials',
  INVALID_API_KEY: 'credentials',
  API_KEY_INACTIVE: 'credentials',
  API_KEY_EXPIRED: 'credentials',
  INVALID_CREDENTIALS: 'credentials',
  USER_NOT_ACTIVE: 'credentials',
  IP_NOT_ALLOWED: 'credentials',
  SIGNATURE_REQUIRED: 'credentials',
  INVALID_SIGNATURE: 'credentials',
  INSUFFICIENT_BALANCE: 'balance',
  FORBIDDEN: 'forbidden',
  NO_SMS_ACCESS: 'forbidden',
  CONFIG_ERROR: 'forbidden',
  WORKSPACE_NOT_AVAILABLE: 'forbidden',
  CROSS_TENANT_WORKSPACE: 'forbidden',
  NO_MAIN_WORKSPACE: 'forbidden',
  NOT_FOUND: 'missing',
  RATE_LIMIT_EXCEEDED: 'rate_limited',
  TOO_MANY_ATTEMPTS: 'rate_limited',
  DB_ERROR: 'rolled_back',
  INTERNAL_ERROR: 'fault',
  SANDBOX_UNAVAILABLE: 'fault',
};

const VERDICT_BY_STATUS: Readonly<Record<number, Verdict>> = {
  400: 'invalid',
  401: 'credentials',
  402: 'balance',
  403: 'forbidden',
  404: 'missing',
};

/** The one table from status and `error_code` to meaning. The status decides where the two disagree about safety. */
export function verdictOf({ status, errorCode }: Refusal): Verdict {
  if (status === 429) return 'rate_limited';
  if (status >= 500) return status === 500 && errorCode === 'DB_ERROR' ? 'rolled_back' : 'fault';
  const byCode = errorCode !== null ? VERDICT_BY_CODE[errorCode] : undefined;
  if (byCode !== undefined && byCode !== 'rolled_back' && byCode !== 'fault') return byCode;
  return VERDICT_BY_STATUS[status] ?? (status >= 400 ? 'forbidden' : 'unclear');
}
