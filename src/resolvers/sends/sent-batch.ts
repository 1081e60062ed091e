import type { Clock } from '../../domain/clock.ts';
import { toInstant } from '../../domain/clock.ts';
import type { MessageQuery } from '../../domain/list-query.ts';
import type { Message } from '../../domain/message.ts';
import { parseMessageId } from '../../domain/message-id.ts';
import { digitsOf, isSameNumber } from '../../domain/phone-number.ts';
import type { ProviderSession } from '../../rest/provider-session.ts';
import type { LedgerEntry } from '../../store/send-ledger.ts';
import type { Store } from '../../store/store.ts';
import { hashText, judgeSilence } from './prepared-send.ts';

export interface BatchSearchParts {
  readonly provider: ProviderSession;
  readonly store: Store;
  readonly clock: Clock;
  readonly rootKey: Buffer;
}

export type BatchSearch =
  /** The batch of the send; it belongs to its key from now on. `isWhole`: every recipient has a message. */
  | { readonly kind: 'FOUND'; readonly messages: readonly Message[]; readonly isWhole: boolean }
  /** The history was read as far as needed, and the send is not in it (yet). */
  | { readonly kind: 'ABSENT' }
  /** The history holds something that might be it, or could not be read far enough. */
  | { readonly kind: 'UNCLEAR' };

/** Messages that one request made, as far as the history shows them. */
interface Batch {
  readonly stamp: string;
  readonly messages: readonly Message[];
  /** Text, sender, recipients and time are those of the send: it can only be its own, or that of an equal send. */
  readonly isMatch: boolean;
}

const MINUTE_MS = 60_000;
/** Clocks of gateway and provider may differ by as much as a signature tolerates, beyond what is measured. */
const CLOCK_MARGIN_MS = 5 * MINUTE_MS;
/** So much earlier a message may still be the one, by clocks that nothing measured: it proves nothing, but neither does its absence. */
const DOUBT_MARGIN_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;

const PAGE_SIZE = 100;
const MAX_PAGES = 20;
/** A send is queued whole or not at all, so a few of its recipients tell whether the others need be looked up. */
const FIRST_LOOKUPS = 3;
const LOOKUPS_AT_ONCE = 5;

/**
 * Looks in the provider's history for what a send of unknown outcome left there: same recipients, sender and text, at the time
 * of the claim. The nanosecond stamp in the ids tells which messages one request made, the ledger which of them belong to
 * other sends, and which other sends may yet turn out to be theirs.
 *
 * @throws what `listMessages` and the store throw
 */
export async function findSentBatch(entry: LedgerEntry, parts: BatchSearchParts): Promise<BatchSearch> {
  const history = await readHistory(entry, parts);
  // Asked for after the history was read: an equal send that was claimed since cannot have made what was found.
  const rivals = await parts.store.sends.rivals(entry);
  let isClear = history.isComplete;
  for (const batch of groupByBatch(entry, history.rows, parts)) {
    const holder = await parts.store.batches.holder(entry.workspace, batch.stamp);
    if (holder !== null && holder !== entry.idempotencyKey) continue;
    const isOurs =
      holder !== null ||
      (batch.isMatch &&
        mayTake(entry, batch, rivals, parts) &&
        (await parts.store.batches.hold(entry.workspace, batch.stamp, entry.idempotencyKey)));
    if (isOurs) {
      const isWhole = entry.fingerprint.recipients.length === batch.messages.length;
      return { kind: 'FOUND', messages: batch.messages, isWhole };
    }
    isClear = false;
  }
  return { kind: isClear ? 'ABSENT' : 'UNCLEAR' };
}

/**
 * While an equal send is running or may still turn up, a batch could be either's, and is nobody's. Once the history had time to
 * show everything, the equal sends that remain are told apart by nothing but their age: the oldest takes the oldest batch.
 */
function mayTake(
  entry: LedgerEntry,
  batch: Batch,
  rivals: readonly LedgerEntry[],
  { provider }: BatchSearchParts,
): boolean {
  const explaining = rivals.filter((rival) => mayHaveMade(rival, batch.messages));
  const isOver = (other: LedgerEntry) => judgeSilence(other, provider.providerTimeMs()) !== 'early';
  const isOlder = (other: LedgerEntry) =>
    entry.claimedAtMs < other.claimedAtMs ||
    (entry.claimedAtMs === other.claimedAtMs && entry.idempotencyKey < other.idempotencyKey);
  return explaining.every((rival) => isOver(rival) && isOlder(rival));
}

/** The rival's text is the same. */
const mayHaveMade = ({ fingerprint }: LedgerEntry, messages: readonly Message[]): boolean =>
  messages.every(
    ({ sender, recipient }) =>
      isSameSender(sender, fingerprint.sender) &&
      fingerprint.recipients.some((candidate) => isSameNumber(candidate, recipient)),
  );

interface HistoryPart {
  readonly rows: readonly Message[];
  /** False when it was not read back to the time of the claim. */
  readonly isComplete: boolean;
}

/** Number by number, so that it is found however much else was sent. */
async function readHistory(entry: LedgerEntry, parts: BatchSearchParts): Promise<HistoryPart> {
  const { recipients } = entry.fingerprint;
  const first = await lookUp(recipients.slice(0, FIRST_LOOKUPS), entry, parts);
  const isEarly = judgeSilence(entry, parts.provider.providerTimeMs()) === 'early';
  if (first.rows.length === 0 && isEarly)
    return { ...first, isComplete: first.isComplete && recipients.length <= FIRST_LOOKUPS };
  const rest: HistoryPart[] = [first];
  for (let index = FIRST_LOOKUPS; index < recipients.length; index += LOOKUPS_AT_ONCE)
    rest.push(await lookUp(recipients.slice(index, index + LOOKUPS_AT_ONCE), entry, parts));
  return join(rest);
}

const lookUp = async (
  recipients: readonly string[],
  entry: LedgerEntry,
  parts: BatchSearchParts,
): Promise<HistoryPart> =>
  join(await Promise.all(recipients.map((recipient) => walkPages(recipient, entry, parts))));

const join = (parts: readonly HistoryPart[]): HistoryPart => ({
  rows: parts.flatMap(({ rows }) => rows),
  isComplete: parts.every(({ isComplete }) => isComplete),
});

/** Reads the messages to a number from the newest back to the time of the claim. */
async function walkPages(
  recipient: string,
  entry: LedgerEntry,
  { provider, clock }: BatchSearchParts,
): Promise<HistoryPart> {
  const sinceMs = earliestMs(entry, provider.providerTimeMs()) - DOUBT_MARGIN_MS;
  const untilMs = Math.max(clock.now(), entry.readAtMs, provider.providerTimeMs() ?? 0) + DAY_MS;
  const query: MessageQuery = {
    range: { from: toInstant(sinceMs).slice(0, 10), to: toInstant(untilMs).slice(0, 10) },
    statusGroup: null,
    // The last digits: the history may write numbers without "+". Senders are compared here, because it may spell them otherwise.
    phoneContains: recipient.slice(-COMPARED_DIGITS),
    country: null,
    sender: null,
  };
  const found: Message[] = [];
  let isReadable = true;
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const { rows, totalPages, served } = await provider.listMessages(query, {
      page,
      limit: PAGE_SIZE,
      isFresh: true,
    });
    // Filters of the provider may be limited (sandbox keys), so everything is compared here as well.
    found.push(...rows.filter((row) => isLikeNumber(row.recipient, recipient) && sentAtMsOf(row) >= sinceMs));
    // A row that makes no sense may be the one that is looked for: nothing is proved by not finding it.
    isReadable &&= rows.length === served;
    const oldest = rows.at(-1);
    const isBefore = oldest !== undefined && sentAtMsOf(oldest) < sinceMs;
    if (isBefore || served === 0 || page >= totalPages) return { rows: found, isComplete: isReadable };
  }
  return { rows: found, isComplete: false };
}

/**
 * When the send was claimed, by each clock that its messages may bear: the store's, the provider's as measured then, and the
 * provider's as measured now.
 */
function claimTimesMs(
  { claimedAtMs, readAtMs, fingerprint }: LedgerEntry,
  providerNowMs: number | null,
): readonly number[] {
  const measuredNowMs = providerNowMs === null ? claimedAtMs : providerNowMs - (readAtMs - claimedAtMs);
  return [claimedAtMs, fingerprint.providerTimeMs ?? claimedAtMs, measuredNowMs];
}

const earliestMs = (entry: LedgerEntry, providerNowMs: number | null): number =>
  Math.min(...claimTimesMs(entry, providerNowMs)) - CLOCK_MARGIN_MS;

/** Another text to the same number from the same sender counts only until then. */
const latestMs = (entry: LedgerEntry, providerNowMs: number | null): number =>
  Math.max(...claimTimesMs(entry, providerNowMs)) +
  (entry.claimedUntilMs - entry.claimedAtMs) +
  CLOCK_MARGIN_MS;

/**
 * What is certainly not of this send is left out. Fullest batch first: the send to two numbers is not to take the batch of a
 * send to one of them. Then oldest first.
 */
function groupByBatch(
  entry: LedgerEntry,
  rows: readonly Message[],
  { provider, rootKey }: BatchSearchParts,
): readonly Batch[] {
  const { textHash, sender, recipients } = entry.fingerprint;
  const sinceMs = earliestMs(entry, provider.providerTimeMs());
  const isSameText = (row: Message) => hashText(rootKey, row.text) === textHash;
  const isAsked = (row: Message) => recipients.some((recipient) => isSameNumber(recipient, row.recipient));
  const isMatch = (row: Message) =>
    isSameText(row) && isSameSender(row.sender, sender) && isAsked(row) && sentAtMsOf(row) >= sinceMs;
  // Should the provider ever alter texts or senders, a message that no other send made must not pass for "not sent".
  const untilMs = latestMs(entry, provider.providerTimeMs());
  const mayBeOurs = (row: Message) =>
    isSameText(row) ||
    (isSameSender(row.sender, sender) && sentAtMsOf(row) <= untilMs && sentAtMsOf(row) >= sinceMs);

  const batches = new Map<string, Map<string, Message>>();
  for (const row of rows.filter(mayBeOurs)) {
    const stamp = batchStampOf(row.messageId);
    const batch = batches.get(stamp) ?? new Map<string, Message>();
    batches.set(stamp, batch.set(row.messageId, row)); // a row may come twice when pages shift
  }
  return Array.from(batches, ([stamp, batch]): Batch => {
    const messages = [...batch.values()];
    return { stamp, messages, isMatch: messages.every(isMatch) };
  }).sort(
    (left, right) => right.messages.length - left.messages.length || (left.stamp < right.stamp ? -1 : 1),
  );
}

/** What the messages of one send request share in their ids. */
export const batchStampOf = (messageId: string): string => parseMessageId(messageId)?.stamp ?? messageId;

const sentAtMsOf = (row: Message): number =>
  parseMessageId(row.messageId)?.sentAtMs ?? Date.parse(row.createdAt);

/** Sender IDs are shown in capitals by some carriers. */
const isSameSender = (left: string, right: string): boolean =>
  left.trim().toLowerCase() === right.trim().toLowerCase() ||
  (digitsOf(left).length >= COMPARED_DIGITS && digitsOf(left) === digitsOf(right));

/** Enough digits to tell numbers apart, few enough to be in it however it is written. */
const COMPARED_DIGITS = 8;

const isLikeNumber = (left: string, right: string): boolean =>
  digitsOf(left).slice(-COMPARED_DIGITS) === digitsOf(right).slice(-COMPARED_DIGITS);
