import type { UpstreamArea } from '../../metrics.ts';

/** The provider answered, and the answer is no: any status but 2xx, or a 2xx that says `"status": false`. */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';
  constructor(
    readonly area: UpstreamArea,
    readonly refusal: Refusal,
  ) {
    super(
      `${area}: the provider answered ${refusal.status}${refusal.errorCode ? ` ${refusal.errorCode}` : ''}`,
    );
  }
}

export interface Refusal {
  readonly status: number;
  /** The envelope's `error_code`; null when there is no envelope (an empty 429, a proxy's HTML). */
  readonly errorCode: string | null;
  readonly retryAfterMs: number | null;
  /** The envelope with its other members; money still as digits. */
  readonly envelope: Readonly<Record<string, unknown>>;
}

/** The provider answered, but what it said makes no sense. A bug of theirs or ours: callers get it masked. */
export class UpstreamContractError extends Error {
  override readonly name = 'UpstreamContractError';
  constructor(
    readonly area: UpstreamArea,
    /** What is wrong with the answer; never its content. */
    problem: string,
  ) {
    super(`${area}: ${problem}`);
  }
}

export const TRANSPORT_REASONS = ['unreachable', 'timeout', 'cut', 'oversized', 'circuit_open'] as const;
export type TransportReason = (typeof TRANSPORT_REASONS)[number];

/** No answer came. */
export class TransportFailure extends Error {
  override readonly name = 'TransportFailure';
  constructor(
    readonly area: UpstreamArea,
    readonly reason: TransportReason,
    /** False only when it is certain that not one byte of the request was written. */
    readonly isWritten: boolean,
  ) {
    super(`${area}: no answer from the provider (${reason})`);
  }
}

export type UpstreamFailure = UpstreamError | UpstreamContractError | TransportFailure;

export const isUpstreamFailure = (error: unknown): error is UpstreamFailure =>
  error instanceof UpstreamError ||
  error instanceof UpstreamContractError ||
  error instanceof TransportFailure;

/** Another process with the same key took this timestamp for this path: another timestamp will do. */
export const isSignatureClash = (failure: UpstreamFailure): boolean =>
  failure instanceof UpstreamError && failure.refusal.errorCode === 'INVALID_SIGNATURE';
