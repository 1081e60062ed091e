import type { Refusal } from './failures.ts';

/** What a refusal of the provider means, whatever was asked. */
export type Verdict =
  /** Something in the request is wrong; the code tells what. */
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

/** Every `error_code` the provider documents, with the status it comes with. */
const DOCUMENTED: Readonly<Record<string, readonly [status: number, verdict: Verdict]>> = {
  INVALID_BODY: [400, 'invalid'],
  INVALID_PARAMS: [400, 'invalid'],
  INVALID_TO: [400, 'invalid'],
  INVALID_MESSAGE: [400, 'invalid'],
  INVALID_SENDER: [400, 'invalid'],
  TOO_MANY_RECIPIENTS: [400, 'invalid'],
  INVALID_WORKSPACE_HEADER: [400, 'credentials'],
  INVALID_URL: [400, 'invalid'],
  INVALID_SECRET: [400, 'invalid'],
  INVALID_FIELDS: [400, 'invalid'],
  INVALID_TOGGLE: [400, 'invalid'],
  CONFLICTING_FIELDS: [400, 'invalid'],
  UNAUTHORIZED: [401, 'credentials'],
  INVALID_TOKEN: [401, 'credentials'],
  TOKEN_EXPIRED: [401, 'credentials'],
  INVALID_API_KEY: [401, 'credentials'],
  API_KEY_INACTIVE: [401, 'credentials'],
  API_KEY_EXPIRED: [401, 'credentials'],
  INVALID_CREDENTIALS: [401, 'credentials'],
  USER_NOT_ACTIVE: [401, 'credentials'],
  IP_NOT_ALLOWED: [401, 'credentials'],
  SIGNATURE_REQUIRED: [401, 'credentials'],
  INVALID_SIGNATURE: [401, 'credentials'],
  INSUFFICIENT_BALANCE: [402, 'balance'],
  FORBIDDEN: [403, 'forbidden'],
  NO_SMS_ACCESS: [403, 'forbidden'],
  CONFIG_ERROR: [403, 'forbidden'],
  WORKSPACE_NOT_AVAILABLE: [403, 'forbidden'],
  CROSS_TENANT_WORKSPACE: [403, 'forbidden'],
  NO_MAIN_WORKSPACE: [403, 'forbidden'],
  NOT_FOUND: [404, 'missing'],
  RATE_LIMIT_EXCEEDED: [429, 'rate_limited'],
  TOO_MANY_ATTEMPTS: [429, 'rate_limited'],
  INTERNAL_ERROR: [500, 'fault'],
  DB_ERROR: [500, 'rolled_back'],
  SANDBOX_UNAVAILABLE: [503, 'fault'],
};

/** What a status says about the provider, whatever was asked. */
export type StatusClass = 'ok' | 'refused' | 'rate_limited' | 'fault';

export function classOf(status: number): StatusClass {
  if (status === 429) return 'rate_limited';
  if (status >= 500) return 'fault';
  return status >= 200 && status < 300 ? 'ok' : 'refused';
}

const VERDICT_BY_STATUS: Readonly<Record<number, Verdict>> = {
  400: 'invalid',
  401: 'credentials',
  402: 'balance',
  403: 'forbidden',
  404: 'missing',
};

/** What a refusal means to a call that may be repeated without harm. Without a documented code the status decides. */
export function verdictOf({ status, errorCode }: Refusal): Verdict {
  const [documentedStatus, verdict] = documentedOf(errorCode);
  if (status === documentedStatus) return verdict;
  const statusClass = classOf(status);
  if (statusClass === 'fault' || statusClass === 'rate_limited') return statusClass;
  // A refusal is one whatever status it comes with, but that all was undone holds only as documented.
  if (verdict !== 'unclear' && verdict !== 'rolled_back' && verdict !== 'fault') return verdict;
  return VERDICT_BY_STATUS[status] ?? (status >= 400 ? 'forbidden' : 'unclear');
}

/**
 * What a refusal proves about a call that changes something. Only the provider's own envelope, with a documented code and its
 * status, proves that nothing was done: a proxy can answer anything after the request it handed on was carried out. A signature
 * that was seen before proves nothing either: it may have been used by this very request, handed on twice.
 */
export function provenVerdictOf(refusal: Refusal): Verdict {
  const { status, errorCode, envelope } = refusal;
  const [documentedStatus, verdict] = documentedOf(errorCode);
  const isProven = envelope['status'] === false && status === documentedStatus;
  return isProven && errorCode !== 'INVALID_SIGNATURE' ? verdict : 'unclear';
}

const NOT_DOCUMENTED = [0, 'unclear'] as const;

const documentedOf = (errorCode: string | null): readonly [status: number, verdict: Verdict] =>
  errorCode !== null && Object.hasOwn(DOCUMENTED, errorCode)
    ? (DOCUMENTED[errorCode] ?? NOT_DOCUMENTED)
    : NOT_DOCUMENTED;
