import type { Metrics } from '../../metrics.ts';
import type { LedgerEntry, SendOutcome } from '../../store/store.ts';
import { type BatchSearchParts, findSentBatch } from './find-sent-batch.ts';
import { receiptFromHistory } from './receipt-from-history.ts';
import { type SettleParts, settleSend } from './settle-send.ts';

export interface ResolveParts extends BatchSearchParts, SettleParts {
  /** The provider's key of the workspace is a sandbox key. */
  readonly isSandbox: boolean;
  readonly metrics: Metrics;
}

/**
 * How long after a claim ended a send may still turn up in the history. Only then "not there" means "not sent", and the key
 * may be claimed anew.
 */
export const NOT_SENT_AFTER_MS = 10 * 60_000;

/** A sandbox keeps its history for 24 h: what is not there later may have been forgotten. */
const HISTORY_REACH_MS = 20 * 3_600_000;

/**
 * Looks for the truth about a send whose outcome is unknown, and settles it when it is found. Nothing is ever sent here.
 * Returns the entry as it stands, still UNKNOWN when the history does not tell (yet).
 *
 * @throws what the history and the store throw
 */
export async function resolveUnknownSend(entry: LedgerEntry, parts: ResolveParts): Promise<LedgerEntry> {
  const outcome = await findOutcome(entry, parts);
  const unresolved: LedgerEntry = { ...entry, outcome: { kind: 'UNKNOWN' } };
  if (outcome !== null) {
    const settled = await settleSend(entry, outcome, parts);
    if (settled !== null)
      parts.metrics.sendsResolved.inc({ outcome: outcome.kind === 'SENT' ? 'sent' : 'not_sent' });
    return settled ?? unresolved;
  }
  // An abandoned claim is marked, so that nobody takes it for a running one.
  return entry.outcome === null
    ? ((await settleSend(entry, { kind: 'UNKNOWN' }, parts)) ?? unresolved)
    : unresolved;
}

async function findOutcome(entry: LedgerEntry, parts: ResolveParts): Promise<SendOutcome | null> {
  const search = await findSentBatch(entry, parts);
  switch (search.kind) {
    case 'FOUND':
      return {
        kind: 'SENT',
        receipt: receiptFromHistory(entry.fingerprint.recipients, search.messages, parts.isSandbox),
      };
    case 'ABSENT':
      return isAbsenceConclusive(entry, parts.clock.now())
        ? { kind: 'NOT_SENT', reason: 'not in the history of the provider' }
        : null;
    case 'UNCLEAR':
      return null;
    default:
      return search satisfies never;
  }
}

function isAbsenceConclusive({ claimedUntilMs }: LedgerEntry, nowMs: number): boolean {
  const sinceMs = nowMs - claimedUntilMs;
  return sinceMs >= NOT_SENT_AFTER_MS && sinceMs <= HISTORY_REACH_MS;
}
