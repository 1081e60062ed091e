import type { Clock } from '../../domain/clock.ts';
import { toInstant } from '../../domain/clock.ts';
import type { MessageQuery } from '../../domain/list-query.ts';
import type { Message } from '../../domain/message.ts';
import { parseMessageId } from '../../domain/message-id.ts';
import type { ProviderSession } from '../../rest/provider-session.ts';
import type { LedgerEntry, Store } from '../../store/store.ts';
import { hashText } from './fingerprint-send.ts';
import { batchStampOf, holdBatch, isHeldByAnother } from './provider-batch.ts';

export interface BatchSearchParts {
  readonly provider: ProviderSession;
  readonly store: Store;
  readonly clock: Clock;
  readonly rootKey: Buffer;
}

export type BatchSearch =
  | { readonly kind: 'FOUND'; readonly messages: readonly Message[] }
  /** The history was read as far as needed, and the send is not in it (yet). */
  | { readonly kind: 'ABSENT' }
  /** The history holds something that might be it, or could not be read far enough. */
  | { readonly kind: 'UNCLEAR' };

/** Clocks of gateway and provider may differ by as much as a signature tolerates. */
const CLOCK_SKEW_MS = 5 * 60_000;
const PAGE_SIZE = 100;
/** Up to here each recipient is looked up by number; more are read off the sender's newest messages. */
const MAX_LOOKUPS_BY_NUMBER = 3;
const MAX_PAGES = 20;

/**
 * Looks in the provider's history for what a send of unknown outcome left there: same recipients, sender and text, at the
 * time of the claim. The nanosecond stamp in the ids tells which messages one request made, and the ledger which of them
 * belong to other sends.
 *
 * @throws what `listMessages` and the store throw
 */
export async function findSentBatch(entry: LedgerEntry, parts: BatchSearchParts): Promise<BatchSearch> {
  const { rows, isComplete } = await readHistory(entry, parts);
  const textHashOf = (row: Message) => hashText(parts.rootKey, row.text);
  let isClear = isComplete;
  for (const [stamp, messages] of groupByBatch(rows)) {
    const isSameText = messages.every((message) => textHashOf(message) === entry.fingerprint.textHash);
    if (isSameText && (await holdBatch(parts.store.sends, entry, { stamp, clock: parts.clock })))
      return { kind: 'FOUND', messages };
    // Should the provider ever alter texts, a message that nobody else sent must not pass for "not sent".
    if (isSameText || !messages.some((message) => isNearClaim(entry, message))) continue;
    if (!(await isHeldByAnother(parts.store.sends, entry, stamp))) isClear = false;
  }
  return { kind: isClear ? 'ABSENT' : 'UNCLEAR' };
}

interface HistoryPart {
  readonly rows: readonly Message[];
  /** False when it was not read back to the time of the claim. */
  readonly isComplete: boolean;
}

async function readHistory(entry: LedgerEntry, parts: BatchSearchParts): Promise<HistoryPart> {
  const { recipients } = entry.fingerprint;
  const phones: readonly (string | null)[] =
    recipients.length <= MAX_LOOKUPS_BY_NUMBER ? recipients.map((recipient) => recipient.slice(1)) : [null];
  const read = await Promise.all(phones.map((phone) => walkPages(entry, phone, parts)));
  return { rows: read.flatMap(({ rows }) => rows), isComplete: read.every(({ isComplete }) => isComplete) };
}

/** Reads the sender's messages from the newest back to the time of the claim. */
async function walkPages(
  entry: LedgerEntry,
  phoneContains: string | null,
  { provider, clock }: BatchSearchParts,
): Promise<HistoryPart> {
  const query = queryFor(entry, phoneContains, clock.now());
  const found: Message[] = [];
  let isReadable = true;
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const { rows, totalPages, served } = await provider.listMessages(query, {
      page,
      limit: PAGE_SIZE,
      isFresh: true,
    });
    found.push(...rows.filter((row) => mayBelongTo(entry, row)));
    // A row that makes no sense may be the one that is looked for: nothing is proved by not finding it.
    isReadable &&= rows.length === served;
    const oldest = rows.at(-1);
    const isBefore = oldest !== undefined && sentAtMsOf(oldest) < entry.claimedAtMs - CLOCK_SKEW_MS;
    if (isBefore || served === 0 || page >= totalPages) return { rows: found, isComplete: isReadable };
  }
  return { rows: found, isComplete: false };
}

function queryFor(entry: LedgerEntry, phoneContains: string | null, nowMs: number): MessageQuery {
  const range = {
    from: toInstant(entry.claimedAtMs - CLOCK_SKEW_MS).slice(0, 10),
    to: toInstant(nowMs + CLOCK_SKEW_MS).slice(0, 10),
  };
  return { range, statusGroup: null, phoneContains, country: null, sender: entry.fingerprint.sender };
}

/**
 * Filters of the provider may be limited (sandbox keys), so everything is compared here as well. There is no latest time: a
 * request may linger on its way, and what arrived late was sent all the same.
 */
const mayBelongTo = ({ fingerprint, claimedAtMs }: LedgerEntry, row: Message): boolean =>
  row.sender === fingerprint.sender &&
  fingerprint.recipients.includes(row.recipient) &&
  sentAtMsOf(row) >= claimedAtMs - CLOCK_SKEW_MS;

const isNearClaim = ({ claimedUntilMs }: LedgerEntry, row: Message): boolean =>
  sentAtMsOf(row) <= claimedUntilMs + CLOCK_SKEW_MS;

const sentAtMsOf = (row: Message): number =>
  parseMessageId(row.messageId)?.sentAtMs ?? Date.parse(row.createdAt);

/** Fullest batch first: the send to two numbers is not to take the batch of a send to one of them. Then oldest first. */
function groupByBatch(rows: readonly Message[]): readonly (readonly [string, readonly Message[]])[] {
  const batches = new Map<string, Map<string, Message>>();
  for (const row of rows) {
    const stamp = batchStampOf(row.messageId);
    const batch = batches.get(stamp) ?? new Map<string, Message>();
    batches.set(stamp, batch.set(row.messageId, row)); // a row may come twice when pages shift
  }
  return Array.from(batches, ([stamp, batch]) => [stamp, [...batch.values()]] as const).sort(
    ([leftStamp, left], [rightStamp, right]) =>
      right.length - left.length || (leftStamp < rightStamp ? -1 : 1),
  );
}
