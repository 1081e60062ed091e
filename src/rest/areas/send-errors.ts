import {
  type BalanceShortfall,
  InsufficientBalanceError,
  InvalidInputError,
  OutcomeUnknownError,
  SendRefusedError,
  UpstreamUnavailableError,
} from '../../domain/errors.ts';
import { SendReplayRefusedError } from '../../domain/send-replay-refused-error.ts';
import {
  isSignatureClash,
  type Refusal,
  TransportFailure,
  UpstreamError,
  type UpstreamFailure,
} from '../failures/failures.ts';
import { codeIn, rateLimitedError, refusedError, unreachableError } from '../failures/read-errors.ts';
import { verdictOf } from '../failures/verdict.ts';
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

/** The key is known to the ledger alone: whoever settles the claim says it to the caller. */
const KEY_UNKNOWN_HERE = '';

/** What a failed send means to the caller; anything that leaves the outcome open becomes OutcomeUnknownError. */
export function sendErrorOf(failure: UpstreamFailure): Error {
  if (failure instanceof TransportFailure)
    return failure.isWritten ? unknownOutcome() : unreachableError(failure);
  return failure instanceof UpstreamError ? refusalErrorOf(failure.refusal) : unknownOutcome();
}

/**
 * The same for a byte-identical re-send. Only an answer from behind the signature check says that the first attempt had
 * never got there; whatever stops before it leaves the outcome as open as it was.
 */
export function replayErrorOf(failure: UpstreamFailure): Error {
  if (isSignatureClash(failure)) return new SendReplayRefusedError();
  if (!(failure instanceof UpstreamError)) return unknownOutcome();
  const verdict = verdictOf(failure.refusal);
  const isBehindSignature = ['invalid', 'balance', 'forbidden', 'rolled_back'].includes(verdict);
  return isBehindSignature ? refusalErrorOf(failure.refusal) : unknownOutcome();
}

function refusalErrorOf(refusal: Refusal): Error {
  const verdict = verdictOf(refusal);
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
      return rateLimitedError(refusal);
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
