import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import type { SendReceipt, SendRequest } from '../../domain/send.ts';
import type { LedgerEntry, SendFingerprint } from '../../store/send-ledger.ts';

/** A send that passed validation, and what the ledger will know it by. */
export interface PreparedSend {
  readonly request: SendRequest;
  readonly idempotencyKey: string;
  readonly fingerprint: Omit<SendFingerprint, 'providerTimeMs'>;
}

/** What the provider answered to a send, now or earlier. */
export interface SendResult extends SendReceipt {
  /** The key was used before: this is what became of that send; nothing was sent now. */
  readonly isReplay: boolean;
}

/** A claimed send whose request is not on the wire by then is given up: nothing was sent. */
export const START_WITHIN_MS = 30_000;

/** The longest wait for an answer that can be configured. */
const ANSWER_WITHIN_MS = 120_000;

/** How long the owner of a claim is believed to be at work on it. Nothing is written to the provider after it. */
export const CLAIM_MS = START_WITHIN_MS + ANSWER_WITHIN_MS;

/**
 * How long after a claim ended a send may still turn up in the history. Only then "not there" means "not sent", and the key
 * may be claimed anew.
 */
export const NOT_SENT_AFTER_MS = 10 * 60_000;

/** A sandbox keeps its history for 24 h: what is not there later may have been forgotten. */
const HISTORY_REACH_MS = 20 * 3_600_000;

/** One owner an attempt, so that two attempts of one process never mix: `{process}/{attempt}`. */
export const newOwner = (processId: string): string =>
  `${processId}/${randomBytes(ATTEMPT_BYTES).toString('base64url')}`;

const ATTEMPT_BYTES = 12;

/** The process at work on a claim. */
export const processOf = (owner: string): string => owner.slice(0, owner.lastIndexOf('/'));

/** The provider tells its time in whole seconds, at the beginning of answers that may take a while. */
const PROVIDER_CLOCK_ERROR_MS = 15_000;

/** What the history says by its silence about a send. */
export type Silence =
  /** It may still turn up. */
  | 'early'
  /** What is not there by now was not sent. */
  | 'proof'
  /** The history may have forgotten it. */
  | 'late';

/**
 * Two clocks must agree that the time has passed, the store's and the provider's: either may be set while a send is under way.
 *
 * @param providerNowMs the provider's clock; null when its answers do not tell
 */
export function judgeSilence(entry: LedgerEntry, providerNowMs: number | null): Silence {
  const { claimedAtMs, claimedUntilMs, readAtMs, fingerprint } = entry;
  const byStoreMs = readAtMs - claimedUntilMs;
  const startedAtMs = fingerprint.providerTimeMs ?? null;
  const isTold = providerNowMs !== null && startedAtMs !== null;
  const byProviderMs = isTold
    ? providerNowMs - startedAtMs - (claimedUntilMs - claimedAtMs) + PROVIDER_CLOCK_ERROR_MS
    : byStoreMs;
  if (Math.min(byStoreMs, byProviderMs) < NOT_SENT_AFTER_MS) return 'early';
  return Math.max(byStoreMs, byProviderMs) <= HISTORY_REACH_MS ? 'proof' : 'late';
}

const PURPOSE = 'send-fingerprint/1';

/**
 * The text as the ledger keeps it: keyed, because short texts such as codes could be guessed from a plain hash. White space at
 * the ends and the form of composed characters do not count: a history may show them otherwise.
 */
export const hashText = (rootKey: Buffer, text: string): string =>
  mac(rootKey, ['text', text.normalize('NFC').trim()]);

/** What a send is recognized by, now and in the provider's history, without its text. */
export function fingerprintSend(rootKey: Buffer, request: SendRequest): PreparedSend['fingerprint'] {
  const { to, text, sender } = request;
  return {
    inputHash: mac(rootKey, ['input', to, text, sender]),
    textHash: hashText(rootKey, text),
    recipients: to,
    sender,
  };
}

function mac(rootKey: Buffer, parts: readonly unknown[]): string {
  const key = Buffer.from(hkdfSync('sha256', rootKey, '', PURPOSE, 32));
  return createHmac('sha256', key).update(JSON.stringify(parts)).digest('base64url');
}
