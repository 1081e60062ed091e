import type { SendReceipt, SignedAttempt } from '../domain/send.ts';

/** What became of a send. `UNKNOWN` may turn into any other; `SENT` replaces them all, because it is a fact. */
export type SendOutcome =
  /**
   * `isPartial`: the history showed only some of the messages so far. The others may still appear, so the truth is still looked
   * for, and a later `SENT` takes its place.
   */
  | { readonly kind: 'SENT'; readonly receipt: SendReceipt; readonly isPartial?: boolean }
  | { readonly kind: 'REFUSED'; readonly error: StoredSendError }
  /** Certainly not sent: the key may be claimed anew. `error` is what the caller was answered, when there was a caller. */
  | { readonly kind: 'NOT_SENT'; readonly reason: string; readonly error?: StoredSendError }
  | { readonly kind: 'UNKNOWN' };

/** A refusal as data, enough to build the same typed error again. */
export interface StoredSendError {
  readonly code: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** What must be known to find a send in the provider's history again, without keeping its text. */
export interface SendFingerprint {
  /** HMAC of the whole input: tells whether a repeat of the key carries the same input. */
  readonly inputHash: string;
  /** HMAC of the text alone: compared with the texts in the history. */
  readonly textHash: string;
  readonly recipients: readonly string[];
  readonly sender: string;
  /** The provider's clock at the claim (ms since epoch), by its last answer; null before the first one. */
  readonly providerTimeMs: number | null;
}

/** One attempt to send under a key. */
export interface SendClaim {
  readonly workspace: string;
  readonly idempotencyKey: string;
  readonly fingerprint: SendFingerprint;
  /** The process and the attempt: no two attempts ever share it. */
  readonly owner: string;
}

/** A claim as it stands. All times are of the store's clock, the one clock that replicas share. */
export interface LedgerEntry extends SendClaim {
  readonly claimedAtMs: number;
  /** Until when the owner is believed to be at work on it; later an unsettled claim counts as UNKNOWN. */
  readonly claimedUntilMs: number;
  /** The store's clock when this was read. */
  readonly readAtMs: number;
  /** With a signed key: what signed the last attempt that may have been written, for the one byte-identical probe. */
  readonly signedAttempt: SignedAttempt | null;
  /** How often the truth was looked for in vain since the outcome is open. */
  readonly looks: number;
  /** Null while the send is running. */
  readonly outcome: SendOutcome | null;
}

export type SendAttempt = Pick<SendClaim, 'workspace' | 'idempotencyKey' | 'owner'>;

export type ClaimResult =
  | { readonly kind: 'CLAIMED'; readonly entry: LedgerEntry }
  /** The key was claimed before: running, settled or abandoned; the entry tells which. */
  | { readonly kind: 'EXISTS'; readonly entry: LedgerEntry };

/**
 * Who may send under which key, and what became of it. Every write is as durable as the engine promises before it resolves:
 * on disk, and on as many replicas as were asked for.
 */
export interface SendLedger {
  /** Takes the key for `holdMs`, atomically. Entries are held for 7 days. */
  claim(claim: SendClaim, holdMs: number): Promise<ClaimResult>;
  /**
   * The last look before a request is written: true while the attempt holds the key, is not settled, and was claimed less
   * than `withinMs` ago. Keeps the signature that is about to be used.
   */
  confirm(attempt: SendAttempt, withinMs: number, signedAttempt: SignedAttempt | null): Promise<boolean>;
  /**
   * Records the outcome; returns the entry as it stands, null when there is none. `SENT` is a fact and replaces every other
   * outcome, whichever attempt stands. All others are recorded only for the attempt that holds the key, and only while its
   * outcome is open or UNKNOWN.
   */
  settle(attempt: SendClaim, outcome: SendOutcome): Promise<LedgerEntry | null>;
  /**
   * Takes over the key of an attempt that was certainly not made: NOT_SENT, or never written. Null when the entry does not
   * stand as `expected` any more (by owner and outcome).
   */
  reclaim(expected: LedgerEntry, next: SendClaim, holdMs: number): Promise<LedgerEntry | null>;
  find(workspace: string, idempotencyKey: string): Promise<LedgerEntry | null>;
  /**
   * Entries whose truth must be looked for now: UNKNOWN, known in part, or unsettled past their claim. Those that wait longest come first; an
   * entry that was postponed comes back after its delay, so that hopeless ones never stand in the way of the others.
   */
  due(limit: number): Promise<readonly LedgerEntry[]>;
  /** The truth was looked for in vain: not again before `delayMs` have passed. */
  postpone(attempt: SendAttempt, delayMs: number): Promise<void>;
  /** Other keys of the workspace with the same text whose outcome is open: running or UNKNOWN. */
  rivals(entry: SendClaim): Promise<readonly LedgerEntry[]>;
  /** Forgets entries that were claimed longer ago, by the store's clock. */
  trim(maxAgeMs: number): Promise<number>;
}

/** Which key a batch of the provider belongs to: the messages that one request made share a stamp in their ids. */
export interface Batches {
  /** Gives the batch to the key, for good, unless another one has it. True when it is the key's. */
  hold(workspace: string, stamp: string, idempotencyKey: string): Promise<boolean>;
  /** The key that the batch belongs to; null when none is known. */
  holder(workspace: string, stamp: string): Promise<string | null>;
}
