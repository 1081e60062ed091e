import {
  isSignatureClash,
  isUpstreamFailure,
  TransportFailure,
  UpstreamError,
  type UpstreamFailure,
} from '../failures/failures.ts';
import { provenVerdictOf, verdictOf } from '../failures/verdict.ts';
import type { RetryBudget } from './retry-budget.ts';
import { type StopSignal, sleep } from './stop-signal.ts';

/** When a failed attempt may be made again. */
export type RetryRule =
  /** It changes nothing, or the same whenever it is repeated. */
  | 'repeatable'
  /** Only when it is certain that the provider did nothing: a second SMS is worse than an error. */
  | 'only-if-not-done'
  | 'never';

export interface RetryOptions {
  /** Attempts of one call in all. @default 3 */
  readonly maxAttempts: number;
  /** First upper bound of the wait after a fault; doubles. @default 100 */
  readonly baseDelayMs: number;
  /** First wait after a 429 without Retry-After; doubles. @default 1000 (the provider's advice) */
  readonly rateLimitDelayMs: number;
  /** A longer wait is left to the caller. @default 10000 */
  readonly maxDelayMs: number;
}

const NO_WAIT = 0;
/** A clash of signatures costs no time and says nothing about the provider's health. */
const MORE_ATTEMPTS_AFTER_CLASH = 3;

/** Whether the same request may be made once more. The one place that decides it. */
function isRetryable(rule: RetryRule, failure: UpstreamFailure): boolean {
  switch (rule) {
    case 'never':
      return false;
    case 'only-if-not-done':
      return isCertainlyNotDone(failure);
    case 'repeatable':
      return isCertainlyNotDone(failure) || isPassing(failure);
    default:
      return rule satisfies never;
  }
}

/** No byte was written, or the provider itself says that it did nothing and that this passes. */
function isCertainlyNotDone(failure: UpstreamFailure): boolean {
  if (failure instanceof TransportFailure) return !failure.isWritten && failure.reason !== 'circuit_open';
  if (!(failure instanceof UpstreamError)) return false;
  const verdict = provenVerdictOf(failure.refusal);
  return verdict === 'rate_limited' || verdict === 'rolled_back';
}

function isPassing(failure: UpstreamFailure): boolean {
  if (failure instanceof TransportFailure) return failure.reason === 'timeout' || failure.reason === 'cut';
  if (!(failure instanceof UpstreamError)) return false;
  const verdict = verdictOf(failure.refusal);
  return ['rate_limited', 'rolled_back', 'fault'].includes(verdict) || isSignatureClash(failure);
}

/**
 * Milliseconds to wait before the next attempt; null when there were enough, or when it is longer than a call should be
 * held up.
 *
 * @param made how many attempts were made
 */
function delayBeforeRetry(failure: UpstreamFailure, made: number, options: RetryOptions): number | null {
  if (isSignatureClash(failure))
    return made < options.maxAttempts + MORE_ATTEMPTS_AFTER_CLASH ? NO_WAIT : null;
  if (made >= options.maxAttempts) return null;
  const doubled = 2 ** (made - 1);
  if (failure instanceof UpstreamError && verdictOf(failure.refusal) === 'rate_limited') {
    const told = failure.refusal.retryAfterMs;
    if (told !== null && told > options.maxDelayMs) return null;
    const wait = told ?? Math.min(options.maxDelayMs, options.rateLimitDelayMs * doubled);
    return wait + Math.random() * options.baseDelayMs;
  }
  // Full jitter: clients that failed together do not come back together.
  return Math.random() * Math.min(options.maxDelayMs, options.baseDelayMs * doubled);
}

/**
 * Makes an attempt again while the rule, the number of attempts and the budget allow it.
 *
 * @param attempt throws an UpstreamFailure when it failed; hears how the attempt before it failed
 */
export async function withRetries<Result>(
  call: { readonly rule: RetryRule; readonly signal: StopSignal },
  limits: { readonly options: RetryOptions; readonly budget: RetryBudget },
  attempt: (failureBefore: UpstreamFailure | null) => Promise<Result>,
): Promise<Result> {
  limits.budget.earn();
  let failureBefore: UpstreamFailure | null = null;
  for (let made = 1; ; made += 1) {
    try {
      return await attempt(failureBefore);
    } catch (error) {
      if (!isUpstreamFailure(error) || !isRetryable(call.rule, error)) throw error;
      const waitMs = delayBeforeRetry(error, made, limits.options);
      if (waitMs === null || !limits.budget.spend()) throw error;
      failureBefore = error;
      await sleep(waitMs, call.signal);
    }
  }
}
