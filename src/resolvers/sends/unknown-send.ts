import { addDecimals } from '../../domain/decimal.ts';
import { OutcomeUnknownError } from '../../domain/errors.ts';
import type { Message } from '../../domain/message.ts';
import { isSameNumber } from '../../domain/phone-number.ts';
import type { Encoding } from '../../domain/segments.ts';
import type { RecipientResult, SendReceipt, SendRequest } from '../../domain/send.ts';
import type { Metrics } from '../../metrics.ts';
import type { LedgerEntry, SendOutcome } from '../../store/send-ledger.ts';
import { judgeSilence } from './prepared-send.ts';
import { outcomeOfFailure } from './send-outcome.ts';
import { type BatchSearchParts, findSentBatch } from './sent-batch.ts';
import { type SettleParts, settleSend } from './settle-send.ts';

export interface ResolveParts extends BatchSearchParts, SettleParts {
  /** The provider's key of the workspace is a sandbox key. */
  readonly isSandbox: boolean;
  readonly metrics: Metrics;
}

/**
 * Looks for the truth about a send whose outcome is unknown, and settles it when it is found. Nothing is ever sent here.
 * Returns the entry as it stands, still UNKNOWN when the history does not tell (yet).
 *
 * @throws what the history and the store throw
 */
export async function resolveUnknownSend(entry: LedgerEntry, parts: ResolveParts): Promise<LedgerEntry> {
  const outcome = await findOutcome(entry, parts);
  if (outcome !== null) {
    parts.metrics.sendsResolved.inc({ outcome: outcome.kind === 'SENT' ? 'sent' : 'not_sent' });
    return settleAs(entry, outcome, parts);
  }
  // An abandoned claim is marked, so that it does not pass for a running one.
  return entry.outcome === null ? settleAs(entry, { kind: 'UNKNOWN' }, parts) : entry;
}

async function settleAs(entry: LedgerEntry, outcome: SendOutcome, parts: SettleParts): Promise<LedgerEntry> {
  const settlement = await settleSend(entry, outcome, parts);
  if (settlement.kind === 'RECORDED' && settlement.entry !== null) return settlement.entry;
  // That it was sent is true whether or not it is written down; a key is not free before that is.
  return { ...entry, outcome: outcome.kind === 'SENT' ? outcome : { kind: 'UNKNOWN' } };
}

async function findOutcome(entry: LedgerEntry, parts: ResolveParts): Promise<SendOutcome | null> {
  const search = await findSentBatch(entry, parts);
  const silence = judgeSilence(entry, parts.provider.providerTimeMs());
  switch (search.kind) {
    case 'FOUND': {
      const receipt = receiptFromHistory(entry.fingerprint.recipients, search.messages, parts.isSandbox);
      if (search.isWhole || silence === 'late') return { kind: 'SENT', receipt };
      // The others may still appear: soon, most likely, but nothing says when the history is whole.
      return silence === 'early' || isSame(entry.outcome, receipt)
        ? null
        : { kind: 'SENT', receipt, isPartial: true };
    }
    case 'ABSENT':
      return silence === 'proof' ? { kind: 'NOT_SENT', reason: 'not in the history of the provider' } : null;
    case 'UNCLEAR':
      return null;
    default:
      return search satisfies never;
  }
}

const isSame = (outcome: SendOutcome | null, { summary }: SendReceipt): boolean =>
  outcome?.kind === 'SENT' && outcome.receipt.summary.acceptedCount === summary.acceptedCount;

/** Settled for good: neither unknown nor known in part. */
export const isKnown = (outcome: SendOutcome | null): boolean =>
  outcome !== null && outcome.kind !== 'UNKNOWN' && !(outcome.kind === 'SENT' && outcome.isPartial === true);

const DEFAULT_ENCODING: Encoding = 'GSM_7';

/**
 * The answer that never came, put together from the messages it left in the history. A recipient without a message was most
 * likely not accepted; why (a blocked country, for one) the history does not tell. The cost is what is billed so far.
 *
 * @param messages of one batch
 */
export function receiptFromHistory(
  recipients: readonly string[],
  messages: readonly Message[],
  isSandbox: boolean,
): SendReceipt {
  return {
    recipients: recipients.map((recipient) =>
      toRecipientResult(
        recipient,
        messages.find((message) => isSameNumber(message.recipient, recipient)),
      ),
    ),
    summary: {
      totalRecipients: recipients.length,
      totalSegments: messages.reduce((sum, message) => sum + (message.segments ?? 0), 0),
      totalCost: messages.reduce((sum, { cost }) => (cost === null ? sum : addDecimals(sum, cost)), '0'),
      encoding: messages[0]?.encoding ?? DEFAULT_ENCODING,
      acceptedCount: messages.length,
      blockedCount: 0,
      queueErrorCount: 0,
      configErrorCount: 0,
      dbErrorCount: 0,
    },
    isSandbox,
  };
}

const toRecipientResult = (recipient: string, message: Message | undefined): RecipientResult => ({
  recipient,
  status: message === undefined ? 'UNRECOGNIZED' : 'ACCEPTED',
  messageId: message?.messageId ?? null,
  segments: message?.segments ?? null,
});

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
  const { signedAttempt } = entry;
  if (signedAttempt === null) return entry;
  if (parts.clock.now() - signedAttempt.timestamp * 1000 > PROBE_WITHIN_MS) return entry;
  try {
    const receipt = await parts.provider.sendMessages(request, { replay: signedAttempt });
    return await settleAs(entry, { kind: 'SENT', receipt }, parts);
  } catch (error) {
    // The refusals that a replay throws come from behind the signature check: the pair had not been seen before.
    const outcome = error instanceof OutcomeUnknownError ? null : outcomeOfFailure(error);
    return outcome === null || outcome.kind === 'UNKNOWN' ? entry : settleAs(entry, outcome, parts);
  }
}
