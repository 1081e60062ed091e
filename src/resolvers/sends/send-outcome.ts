import {
  type BalanceShortfall,
  GatewayError,
  type InputProblem,
  InsufficientBalanceError,
  InvalidInputError,
  RateLimitedError,
  SendRefusedError,
  UpstreamRefusedError,
  UpstreamUnavailableError,
} from '../../domain/errors.ts';
import type { SendOutcome, StoredSendError } from '../../store/send-ledger.ts';

/**
 * What a failed send leaves in the ledger. Only what says for certain that nothing was sent counts as that; everything else,
 * a bug of ours included, leaves the outcome unknown.
 *
 * `REFUSED` is for what the input itself brought about: a repeat would be refused again. A refusal that passes (balance, rate,
 * permission) is `NOT_SENT`: the key may be used again.
 */
export function outcomeOfFailure(error: unknown): SendOutcome {
  if (!(error instanceof GatewayError) || !saysNothingWasSent(error)) return { kind: 'UNKNOWN' };
  const stored = toStoredSendError(error);
  if (error instanceof InvalidInputError) return { kind: 'REFUSED', error: stored };
  return { kind: 'NOT_SENT', reason: error.code, error: stored };
}

const saysNothingWasSent = (error: GatewayError): boolean =>
  error instanceof InvalidInputError ||
  error instanceof InsufficientBalanceError ||
  error instanceof SendRefusedError ||
  error instanceof RateLimitedError ||
  error instanceof UpstreamRefusedError ||
  (error instanceof UpstreamUnavailableError && error.isSafeToRetry);

function toStoredSendError(error: GatewayError): StoredSendError {
  const { code, message } = error;
  if (error instanceof InvalidInputError) return { code, message, details: { problems: error.problems } };
  if (error instanceof InsufficientBalanceError) return { code, message, details: { ...error.shortfall } };
  if (error instanceof UpstreamRefusedError)
    return { code, message, details: { providerCode: error.providerCode } };
  return { code, message, details: {} };
}

/** The error as it was first answered. The wait of a rate limit is over or unknown by now, so it is left out. */
export function toSendError({ code, message, details }: StoredSendError): GatewayError {
  switch (code) {
    case 'INVALID_INPUT':
      return new InvalidInputError(details['problems'] as readonly InputProblem[]);
    case 'INSUFFICIENT_BALANCE':
      return new InsufficientBalanceError(message, details as unknown as BalanceShortfall);
    case 'RATE_LIMITED':
      return new RateLimitedError(message, null);
    case 'UPSTREAM_REFUSED':
      return new UpstreamRefusedError(message, details['providerCode'] as string | null);
    case 'UPSTREAM_UNAVAILABLE':
      return new UpstreamUnavailableError(message, true);
    default:
      return new SendRefusedError(code, message);
  }
}
