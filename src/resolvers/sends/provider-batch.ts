import type { Clock } from '../../domain/clock.ts';
import { parseMessageId } from '../../domain/message-id.ts';
import type { LedgerEntry, SendLedger } from '../../store/store.ts';

/** Longer than the key of any caller may be, so that the two never meet in the ledger. */
const BATCH_KEY_PREFIX = 'provider-batch:'.padEnd(65, ':');

const batchKey = (stamp: string): string => `${BATCH_KEY_PREFIX}${stamp}`;

/** What the messages of one send request share in their ids. */
export const batchStampOf = (messageId: string): string => parseMessageId(messageId)?.stamp ?? messageId;

/** True for the ledger's notes of who holds a batch: they are no sends. */
export const isBatchNote = ({ idempotencyKey }: LedgerEntry): boolean =>
  idempotencyKey.startsWith(BATCH_KEY_PREFIX);

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
  const { kind, entry } = await sends.claim({
    workspace,
    idempotencyKey: batchKey(stamp),
    fingerprint: { inputHash: '', textHash: '', recipients: [], sender: '', signedAttempt: null },
    claimedAtMs: nowMs,
    owner: idempotencyKey,
    claimedUntilMs: nowMs,
  });
  if (kind === 'CLAIMED') await settleBatchNote(sends, entry);
  return entry.owner === idempotencyKey;
}

/** Closes a note, so that it is not taken for a send whose truth must be found. */
export const settleBatchNote = (sends: SendLedger, { workspace, idempotencyKey }: LedgerEntry) =>
  sends.settle(workspace, idempotencyKey, NOTE_OUTCOME);

/** True when some other send is known to hold the batch. */
export async function isHeldByAnother(sends: SendLedger, send: LedgerEntry, stamp: string): Promise<boolean> {
  const note = await sends.find(send.workspace, batchKey(stamp));
  return note !== null && note.owner !== send.idempotencyKey;
}
