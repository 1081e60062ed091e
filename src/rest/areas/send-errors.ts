import {
  type BalanceShortfall,
  InsufficientBalanceError,
  InvalidInputError,
  OutcomeUnknownError,
  SendRefusedError,
  UpstreamUnavailableError,
} from '../../domain/errors.ts';
import { type Refusal, TransportFailure, UpstreamError, type UpstreamFailure } from '../failures/failures.ts';
import { codeIn, rateLimitedError, refusedError, unreachableError } from '../failures/read-errors.ts';
import { provenVerdictOf, type Verdict } from '../failures/verdict.ts';
import { UnprovenRateLimitError } from '../provider-session.ts';
import { toDecimal } from '../wire/fields.ts';

/** Which part of the input each code is about, and what is wrong with it. */
const INPUT_PROBLEMS: Readonly<Record<string, { readonly path: readonly string[]; readonly what: string }>> =
  {
    INVALID_TO: { path: ['input', 'to'], what: 'The provider does not accept the recipients' },
    TOO_MANY_RECIPIENTS: { path: ['input', 'to'], what: 'These are too many recipients for the provider' },
    INVALID_MESSAGE: { path: ['input', 'text'], what: 'The provider does not accept the text' },
    INVALID_SENDER: { path: ['input', 'sender'], what: 'The provider does not accept the sender' },
  };
const WHOLE_INPUT = { path: ['input'], what: 'The provider does not accept the request' };

/** The key is known to the ledger alone: what settles the claim says it to the caller. */
const KEY_UNKNOWN_HERE = '';

export interface SendAttempted {
  /** The very bytes of an earlier attempt, signature and all. */
  readonly isReplay: boolean;
  /** How long to wait after a 429 that does not say. */
  readonly rateLimitDelayMs: number;
}

/** What a failed send means to the caller; anything that leaves the outcome open becomes OutcomeUnknownError. */
export function sendErrorOf(failure: UpstreamFailure, { isReplay, rateLimitDelayMs }: SendAttempted): Error {
  if (failure instanceof TransportFailure && !failure.isWritten && !isReplay)
    return unreachableError(failure);
  if (!(failure instanceof UpstreamError)) return unknownOutcome();
  const { refusal } = failure;
  const verdict = provenVerdictOf(refusal);
  if (verdict === 'unclear' && refusal.status === 429 && refusal.errorCode === null)
    return new UnprovenRateLimitError(refusal.retryAfterMs, refusal.retryAfterMs ?? rateLimitDelayMs);
  return isReplay && !BEHIND_SIGNATURE.has(verdict) ? unknownOutcome() : refusalErrorOf(verdict, refusal);
}

/**
 * A replay was taken for the first time when it is refused for what comes after the signature check: the first attempt never got
 * there. What the input itself brings about was refused to both. Every other refusal may come from before that check, and
 * leaves the outcome as open as it was.
 */
const BEHIND_SIGNATURE: ReadonlySet<Verdict> = new Set(['invalid', 'balance', 'rolled_back']);

function refusalErrorOf(verdict: Verdict, refusal: Refusal): Error {
  switch (verdict) {
    case 'invalid':
      return invalidInput(refusal);
    case 'balance':
      return new InsufficientBalanceError(
        'The balance at the provider does not cover this send.',
        shortfallIn(refusal),
      );
    case 'forbidden':
      return new SendRefusedError(
        refusal.errorCode ?? 'FORBIDDEN',
        `The provider refused the send${codeIn(refusal)}.`,
      );
    case 'credentials':
    case 'missing':
      return refusedError(refusal);
    case 'rate_limited':
      return rateLimitedError(refusal.retryAfterMs);
    case 'rolled_back':
      return new UpstreamUnavailableError('The provider had a fault and sent nothing (DB_ERROR).', true);
    case 'fault':
    case 'unclear':
      return unknownOutcome();
    default:
      return verdict satisfies never;
  }
}

export const unknownOutcome = (): OutcomeUnknownError =>
  new OutcomeUnknownError(
    'The provider did not say what became of this send. It is not sent again; ask again with the same key.',
    KEY_UNKNOWN_HERE,
  );

function invalidInput(refusal: Refusal): InvalidInputError {
  const { path, what } = INPUT_PROBLEMS[refusal.errorCode ?? ''] ?? WHOLE_INPUT;
  return new InvalidInputError([{ path, message: `${what}${codeIn(refusal)}.` }]);
}

function shortfallIn({ envelope }: Refusal): BalanceShortfall {
  const textOf = (name: string) => (typeof envelope[name] === 'string' ? envelope[name] : null);
  const numberOf = (name: string) => (typeof envelope[name] === 'number' ? envelope[name] : null);
  return {
    balance: toDecimal(textOf('balance')),
    estimatedCost: toDecimal(textOf('estimated_cost')),
    currency: textOf('currency'),
    totalRecipients: numberOf('total_recipients'),
    billableRecipients: numberOf('billable_recipients'),
    segments: numberOf('segments'),
  };
}
