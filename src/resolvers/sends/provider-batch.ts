import type { Clock } from '../../domain/clock.ts';
import { parseMessageId } from '../../domain/message-id.ts';
import type { LedgerEntry, SendLedger } from '../../store/store.ts';

/** Longer than the key of any caller may be, so that the two never meet in the ledger. */
const BATCH_KEY_PREFIX = 'provider-batch:'.padEnd(65, ':');

const batchKey = (stamp: string): string => `${BATCH_KEY_PREFIX}${stamp}`;

/** What the messages of one send request share in their ids. */
export const batchStampOf = (messageId: string): string => parseMessageId(messageId)?.stamp ?? messageId;

const NOTE_OUTCOME = { kind: 'NOT_SENT', reason: 'a note of who holds a batch of the provider' } as const;

/**
 * Notes that a batch of the provider belongs to a send, for good. Two sends of the same text to the same number differ only
 * in this: without it, the search for the one would find the messages of the other. False when another send holds it.
 */
export async function holdBatch(
  sends: SendLedger,
  { workspace, idempotencyKey }: LedgerEntry,
  { stamp, clock }: { readonly stamp: string; readonly clock: Clock },
): Promise<boolean> {
  const nowMs = clock.now();
  const note = {
    workspace,
    idempotencyKey: batchKey(stamp),
    fingerprint: { inputHash: '', textHash: '', recipients: [], sender: '', signedAttempt: null },
    claimedAtMs: nowMs,
    owner: idempotencyKey,
    claimedUntilMs: nowMs,
  };
  const { entry } = await sends.claim(note, NOTE_OUTCOME);
  return entry.owner === idempotencyKey;
}

/** True when some other send is known to hold the batch. */
export async function isHeldByAnother(sends: SendLedger, send: LedgerEntry, stamp: string): Promise<boolean> {
  const note = await sends.find(send.workspace, batchKey(stamp));
  return note !== null && note.owner !== send.idempotencyKey;
}
