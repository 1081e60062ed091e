/**
 * Every code that an error member of a mutation's outcome may carry: the provider's `error_code`s that a caller can act
 * on, under their own names, and the gateway's own.
 */
export const USER_ERROR_CODES = [
  // The provider's, on a send
  'INVALID_BODY',
  'INVALID_PARAMS',
  'INVALID_TO',
  'INVALID_MESSAGE',
  'INVALID_SENDER',
  'TOO_MANY_RECIPIENTS',
  'INSUFFICIENT_BALANCE',
  'FORBIDDEN',
  'NO_SMS_ACCESS',
  'CONFIG_ERROR',
  'WORKSPACE_NOT_AVAILABLE',
  'CROSS_TENANT_WORKSPACE',
  'NO_MAIN_WORKSPACE',
  'SANDBOX_UNAVAILABLE',
  // The provider's, on webhook settings
  'INVALID_URL',
  'INVALID_SECRET',
  'INVALID_FIELDS',
  'INVALID_TOGGLE',
  'CONFLICTING_FIELDS',
  // The gateway's own
  'INVALID_INPUT',
  'RATE_LIMITED',
  'IDEMPOTENCY_CONFLICT',
  'OUTCOME_UNKNOWN',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_REFUSED',
  // The gateway's guards
  'RECIPIENT_LIMIT',
  'PREFIX_LIMIT',
  'CALLER_LIMIT',
  'WORKSPACE_LIMIT',
  'COUNTRY_NOT_ALLOWED',
  'SPEND_CAP',
  'SEQUENTIAL_NUMBERS',
  'UNRECOGNIZED',
] as const;
export type UserErrorCode = (typeof USER_ERROR_CODES)[number];

const KNOWN_CODES: ReadonlySet<string> = new Set(USER_ERROR_CODES);

/** The code as callers see it; a code that this version does not know is `UNRECOGNIZED`, its sentence still stands. */
export const toUserErrorCode = (code: string): UserErrorCode =>
  KNOWN_CODES.has(code) ? (code as UserErrorCode) : 'UNRECOGNIZED';
