import type { Decimal } from './decimal.ts';
import type { Instant } from './message.ts';

/** One thing wrong with an input, and where: `["input","to","3"]`. */
export interface InputProblem {
  readonly path: readonly string[];
  readonly message: string;
}

/**
 * The base of everything a caller can be told. `message` is a sentence for the caller, without secrets, phone numbers
 * or message texts; `code` is stable. What is not a GatewayError is a bug and is masked.
 */
export abstract class GatewayError extends Error {
  abstract readonly code: string;
  override get name(): string {
    return this.constructor.name;
  }
}

// ── Errors that mutations return as data ────────────────────────────────────────────────────────────────────────────

export class InvalidInputError extends GatewayError {
  readonly code = 'INVALID_INPUT';
  constructor(readonly problems: readonly InputProblem[]) {
    super(problems.map((problem) => problem.message).join(' '));
  }
}

export interface BalanceShortfall {
  readonly balance: Decimal | null;
  readonly estimatedCost: Decimal | null;
  readonly currency: string | null;
  readonly totalRecipients: number | null;
  readonly billableRecipients: number | null;
  readonly segments: number | null;
}

export class InsufficientBalanceError extends GatewayError {
  readonly code = 'INSUFFICIENT_BALANCE';
  constructor(
    message: string,
    readonly shortfall: BalanceShortfall,
  ) {
    super(message);
  }
}

/** The provider's 403 (its own code), or a guard of the gateway (the guard's code). Nothing was sent. */
export class SendRefusedError extends GatewayError {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** The provider refused a change of the webhook settings, or a test; `code` is its own. Nothing was changed. */
export class WebhookRefusedError extends GatewayError {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export class RateLimitedError extends GatewayError {
  readonly code = 'RATE_LIMITED';
  constructor(
    message: string,
    readonly retryAfterSeconds: number | null,
  ) {
    super(message);
  }
}

/** The same idempotency key was used before with another input. Nothing was sent. */
export class IdempotencyConflictError extends GatewayError {
  readonly code = 'IDEMPOTENCY_CONFLICT';
}

/** The request was written but no answer came: the message may or may not have been sent. Never re-sent. */
export class OutcomeUnknownError extends GatewayError {
  readonly code = 'OUTCOME_UNKNOWN';
  constructor(
    message: string,
    /** Asking again with this key finds the truth without sending twice. */
    readonly idempotencyKey: string,
  ) {
    super(message);
  }
}

/** The provider could not be reached or answered with a fault. */
export class UpstreamUnavailableError extends GatewayError {
  readonly code = 'UPSTREAM_UNAVAILABLE';
  constructor(
    message: string,
    /** True when it is certain that nothing was sent or changed. */
    readonly isSafeToRetry: boolean,
  ) {
    super(message);
  }
}

// ── Errors at the top level of a response ───────────────────────────────────────────────────────────────────────────

/** The provider refused a read; `providerCode` is its own `error_code`. */
export class UpstreamRefusedError extends GatewayError {
  readonly code = 'UPSTREAM_REFUSED';
  constructor(
    message: string,
    readonly providerCode: string | null,
  ) {
    super(message);
  }
}

export class UnauthenticatedError extends GatewayError {
  readonly code = 'UNAUTHENTICATED';
}

export class ForbiddenError extends GatewayError {
  readonly code = 'FORBIDDEN';
}

/** An argument that cannot be used; the message names it. */
export class BadUserInputError extends GatewayError {
  readonly code = 'BAD_USER_INPUT';
}

export class CursorInvalidError extends GatewayError {
  readonly code = 'CURSOR_INVALID';
}

/** The log no longer holds everything behind the cursor; what it still holds begins at `oldestAvailable`. */
export class CursorExpiredError extends GatewayError {
  readonly code = 'CURSOR_EXPIRED';
  constructor(
    message: string,
    readonly oldestAvailable: Instant,
  ) {
    super(message);
  }
}

/** The subscriber fell behind and was ended; it can resume after `cursor`. */
export class SlowConsumerError extends GatewayError {
  readonly code = 'SLOW_CONSUMER';
  constructor(
    message: string,
    readonly cursor: string | null,
  ) {
    super(message);
  }
}

export class LimitExceededError extends GatewayError {
  readonly code = 'LIMIT_EXCEEDED';
}
