import { InsufficientBalanceError, UpstreamUnavailableError } from '../../domain/errors.ts';
import type { SendRequest, SignedAttempt } from '../../domain/send.ts';
import type { LedgerEntry, SendOutcome } from '../../store/store.ts';
import type { ResolveParts } from './resolve-unknown-send.ts';
import { settleSend } from './settle-send.ts';
import { outcomeOfFailure } from './stored-send-error.ts';

/** The provider takes a signature for 5 minutes; a probe that comes later tells nothing. The rest is for the way there. */
const PROBE_WITHIN_MS = 270_000;

/**
 * With a signed key: re-sends the very bytes of the first attempt, which the provider accepts at most once. Accepted: the
 * first attempt never arrived, and this one is the send. Refused as replayed: nothing is learned. Returns the entry as it
 * stands.
 */
export async function probeSend(
  entry: LedgerEntry,
  request: SendRequest,
  parts: ResolveParts,
): Promise<LedgerEntry> {
  const { signedAttempt } = entry.fingerprint;
  if (signedAttempt === null) return entry;
  if (parts.clock.now() - signedAttempt.timestamp * 1000 > PROBE_WITHIN_MS) return entry;
  const outcome = await replay(request, signedAttempt, parts);
  return outcome === null ? entry : ((await settleSend(entry, outcome, parts)) ?? entry);
}

async function replay(
  request: SendRequest,
  signedAttempt: SignedAttempt,
  { provider }: ResolveParts,
): Promise<SendOutcome | null> {
  const onSigned = async () => undefined; // it is the same signature
  try {
    return {
      kind: 'SENT',
      receipt: await provider.sendMessages(request, { replay: signedAttempt, onSigned }),
    };
  } catch (error) {
    return isRefusedBehindTheSignature(error) ? outcomeOfFailure(error) : null;
  }
}

/**
 * Behind the signature only: it was taken, so the first attempt never was, and what was judged after it says no. Other
 * refusals may stem from something on the way, and leave the question open.
 */
const isRefusedBehindTheSignature = (error: unknown): boolean =>
  error instanceof InsufficientBalanceError ||
  (error instanceof UpstreamUnavailableError && error.isSafeToRetry);
