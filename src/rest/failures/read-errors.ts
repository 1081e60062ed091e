import {
  type GatewayError,
  RateLimitedError,
  UpstreamRefusedError,
  UpstreamUnavailableError,
} from '../../domain/errors.ts';
import {
  isUpstreamFailure,
  type Refusal,
  TransportFailure,
  UpstreamContractError,
  type UpstreamError,
} from './failures.ts';
import { verdictOf } from './verdict.ts';

/** Runs a read; what fails becomes the error a caller can be told. Contract errors and aborts pass as they are. */
export async function withReadErrors<Result>(read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    if (!isUpstreamFailure(error) || error instanceof UpstreamContractError) throw error;
    throw error instanceof TransportFailure ? unreachableError(error) : readErrorOf(error);
  }
}

export function unreachableError({ reason, isWritten }: TransportFailure, isRead = true): GatewayError {
  const isSafe = isRead || !isWritten;
  switch (reason) {
    case 'circuit_open':
      return new UpstreamUnavailableError(
        'The provider is not answering; it is being left alone for a moment.',
        true,
      );
    case 'timeout':
      return new UpstreamUnavailableError('The provider did not answer in time.', isSafe);
    case 'oversized':
      return new UpstreamUnavailableError('The provider answered with more than can be taken in.', isSafe);
    case 'unreachable':
    case 'cut':
      return new UpstreamUnavailableError('The provider could not be reached.', isSafe);
    default:
      return reason satisfies never;
  }
}

function readErrorOf({ refusal }: UpstreamError): GatewayError {
  switch (verdictOf(refusal)) {
    case 'rate_limited':
      return rateLimitedError(refusal.retryAfterMs);
    case 'rolled_back':
    case 'fault':
      return new UpstreamUnavailableError(`The provider answered with a fault${codeIn(refusal)}.`, true);
    default:
      return refusedError(refusal);
  }
}

export const rateLimitedError = (retryAfterMs: number | null): RateLimitedError =>
  new RateLimitedError(
    'The provider is limiting the rate of requests.',
    retryAfterMs === null ? null : Math.ceil(retryAfterMs / 1000),
  );

const SETUP_ERROR = /setup process/i;

export function refusedError(refusal: Refusal): UpstreamRefusedError {
  const { error } = refusal.envelope;
  if (refusal.errorCode === null && typeof error === 'string' && SETUP_ERROR.test(error))
    return new UpstreamRefusedError('The account at the provider is still being set up.', null);
  return new UpstreamRefusedError(
    `The provider refused the request${codeIn(refusal) || ` (HTTP ${refusal.status})`}.`,
    refusal.errorCode,
  );
}

export const codeIn = ({ errorCode }: Refusal): string => (errorCode === null ? '' : ` (${errorCode})`);
