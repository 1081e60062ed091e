import type { JsonValue } from '../formats/json-text.ts';

/** HTTP status of every `error_code` the provider documents. */
const STATUS_BY_CODE = {
  INVALID_BODY: 400,
  INVALID_PARAMS: 400,
  INVALID_TO: 400,
  INVALID_MESSAGE: 400,
  INVALID_SENDER: 400,
  TOO_MANY_RECIPIENTS: 400,
  INVALID_WORKSPACE_HEADER: 400,
  INVALID_URL: 400,
  INVALID_SECRET: 400,
  INVALID_FIELDS: 400,
  INVALID_TOGGLE: 400,
  CONFLICTING_FIELDS: 400,
  UNAUTHORIZED: 401,
  INVALID_TOKEN: 401,
  TOKEN_EXPIRED: 401,
  INVALID_API_KEY: 401,
  API_KEY_INACTIVE: 401,
  API_KEY_EXPIRED: 401,
  INVALID_CREDENTIALS: 401,
  USER_NOT_ACTIVE: 401,
  IP_NOT_ALLOWED: 401,
  SIGNATURE_REQUIRED: 401,
  INVALID_SIGNATURE: 401,
  INSUFFICIENT_BALANCE: 402,
  FORBIDDEN: 403,
  NO_SMS_ACCESS: 403,
  CONFIG_ERROR: 403,
  WORKSPACE_NOT_AVAILABLE: 403,
  CROSS_TENANT_WORKSPACE: 403,
  NO_MAIN_WORKSPACE: 403,
  NOT_FOUND: 404,
  RATE_LIMIT_EXCEEDED: 429,
  TOO_MANY_ATTEMPTS: 429,
  INTERNAL_ERROR: 500,
  DB_ERROR: 500,
  SANDBOX_UNAVAILABLE: 503,
} as const;

export type ErrorCode = keyof typeof STATUS_BY_CODE;

export const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(STATUS_BY_CODE, code);

/** A refusal in the provider's envelope. */
export class ApiProblem extends Error {
  readonly status: number;
  constructor(
    readonly code: ErrorCode,
    readonly description: string,
    /** Further members of the body, such as the balance of a 402. */
    readonly details: { readonly [key: string]: JsonValue } = {},
  ) {
    super(`${code}: ${description}`);
    this.status = STATUS_BY_CODE[code];
  }
}

export const problemBody = (problem: ApiProblem): JsonValue => ({
  status: false,
  error_code: problem.code,
  description: problem.description,
  ...problem.details,
});
