import type { Clock } from '../domain/clock.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import type { ClientSettings } from './client/client.ts';
import type { CircuitBreakerOptions } from './resilience/circuit-breaker.ts';
import type { RetryOptions } from './resilience/retry.ts';
import type { RetryBudgetOptions } from './resilience/retry-budget.ts';

/** One workspace at the provider, and how to behave towards it. What is left out has a sensible default. */
export interface ProviderOptions {
  readonly workspace: string;
  /** With the base path, such as `https://restlink23telecom.com/api/v1`. */
  readonly baseUrl: string;
  readonly apiKey: string;
  /** When set, every request is signed. */
  readonly apiSecret: string | null;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Longest wait for one answer, per attempt. @default 10000 */
  readonly timeoutMs?: number;
  /** Calls at once; a quarter of them is kept for sends. @default 64 */
  readonly maxConnections?: number;
  readonly retry?: Partial<RetryOptions & RetryBudgetOptions>;
  readonly breaker?: Partial<CircuitBreakerOptions>;
  readonly cache?: Partial<CacheOptions>;
}

export interface CacheOptions {
  /** How long an answer serves repeats of the same read. @default 1000 */
  readonly ttlMs: number;
  /** The same for prices, which are long and change by the day. @default 60000 */
  readonly pricesTtlMs: number;
  /** Answers kept at most. @default 1000 */
  readonly maxAnswers: number;
  /** Messages kept at most. @default 20000 */
  readonly maxMessages: number;
}

/** The options complete, resolved once. */
export interface ProviderSettings extends ClientSettings {
  readonly cache: CacheOptions;
}

const DEFAULT_TIMEOUT_MS = 10_000;
const MAX_CONNECT_TIMEOUT_MS = 5_000;
const MAX_ANSWER_BYTES = 32 * 1024 * 1024; // a hundred messages are 50 KiB, every network's price about 1 MiB

export function resolveSettings(options: ProviderOptions): ProviderSettings {
  const attemptTimeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  return {
    workspace: options.workspace,
    baseUrl: options.baseUrl,
    apiKey: options.apiKey,
    apiSecret: options.apiSecret,
    transport: {
      maxConnections: options.maxConnections ?? 64,
      maxStreams: 16,
      connectTimeoutMs: Math.min(MAX_CONNECT_TIMEOUT_MS, attemptTimeoutMs),
      attemptTimeoutMs,
      maxAnswerBytes: MAX_ANSWER_BYTES,
    },
    retry: {
      maxAttempts: 3,
      baseDelayMs: 100,
      rateLimitDelayMs: 1000,
      maxDelayMs: 10_000,
      ratio: 0.2,
      reserve: 20,
      ...options.retry,
    },
    breaker: { window: 20, threshold: 0.5, openMs: 5000, ...options.breaker },
    cache: { ttlMs: 1000, pricesTtlMs: 60_000, maxAnswers: 1000, maxMessages: 20_000, ...options.cache },
  };
}
