import type { Decimal } from '../../domain/decimal.ts';
import type { Encoding } from '../../domain/segments.ts';
import { RECIPIENT_STATUSES, type RecipientResult, type SendSummary } from '../../domain/send.ts';
import type { SendClaim, SendOutcome } from '../send-ledger.ts';

// A ledger holds a week of sends in memory, and most of what would be written there is names of members and ids that differ in
// their last part only. So claims and receipts are written as lists, and what is the same for all recipients once.

type StoredClaim = Pick<SendClaim, 'workspace' | 'idempotencyKey' | 'fingerprint'>;

export const encodeClaim = ({ workspace, idempotencyKey, fingerprint }: StoredClaim): string => {
  const { inputHash, textHash, recipients, sender, providerTimeMs } = fingerprint;
  return JSON.stringify([
    workspace,
    idempotencyKey,
    inputHash,
    textHash,
    recipients.join(),
    sender,
    providerTimeMs,
  ]);
};

export function decodeClaim(text: string): StoredClaim {
  const claim: StoredClaim | [string, string, string, string, string, string, number | null] =
    JSON.parse(text);
  if (!Array.isArray(claim)) return claim; // as an earlier version wrote it
  const [workspace, idempotencyKey, inputHash, textHash, recipients, sender, providerTimeMs] = claim;
  const fingerprint = { inputHash, textHash, recipients: recipients.split(','), sender, providerTimeMs };
  return { workspace, idempotencyKey, fingerprint };
}

type Receipt = (SendOutcome & { readonly kind: 'SENT' })['receipt'];

/** Everything that all recipients share, then each of them: place of its status, segments, rest of its id. */
type PackedReceipt = readonly [
  recipients: string,
  idPrefix: string,
  results: readonly (readonly [status: number, segments: number | null, idRest: string | null])[],
  summary: PackedSummary,
  isSandbox: boolean,
  isPartial: boolean,
];

export function encodeOutcome(outcome: SendOutcome | null): string {
  if (outcome === null) return '';
  if (outcome.kind !== 'SENT') return JSON.stringify(outcome);
  const { recipients, summary, isSandbox } = outcome.receipt;
  const idPrefix = commonPrefix(recipients.flatMap(({ messageId }) => messageId ?? []));
  const packed: PackedReceipt = [
    recipients.map(({ recipient }) => recipient).join(),
    idPrefix,
    recipients.map(({ status, segments, messageId }) => [
      RECIPIENT_STATUSES.indexOf(status),
      segments,
      messageId === null ? null : messageId.slice(idPrefix.length),
    ]),
    packSummary(summary),
    isSandbox,
    outcome.isPartial === true,
  ];
  return JSON.stringify(packed);
}

export function decodeOutcome(text: string): SendOutcome | null {
  if (text === '') return null;
  const stored: SendOutcome | PackedReceipt = JSON.parse(text);
  if (!isPacked(stored)) return stored;
  const isPartial = stored[5];
  return { kind: 'SENT', receipt: unpack(stored), ...(isPartial && { isPartial }) };
}

const isPacked = (stored: SendOutcome | PackedReceipt): stored is PackedReceipt => Array.isArray(stored);

function unpack([numbers, idPrefix, results, summary, isSandbox]: PackedReceipt): Receipt {
  const recipients = numbers === '' ? [] : numbers.split(',');
  return {
    recipients: recipients.map((recipient, index): RecipientResult => {
      const [status, segments, idRest] = results[index] ?? [-1, null, null];
      return {
        recipient,
        status: RECIPIENT_STATUSES[status] ?? 'UNRECOGNIZED',
        messageId: idRest === null ? null : idPrefix + idRest,
        segments,
      };
    }),
    summary: unpackSummary(summary),
    isSandbox,
  };
}

/** The totals, then the counts by status. */
type PackedSummary = readonly [
  totals: readonly [recipients: number, segments: number, cost: Decimal, encoding: Encoding],
  counts: readonly [
    accepted: number,
    blocked: number,
    queueError: number,
    configError: number,
    dbError: number,
  ],
];

const packSummary = (summary: SendSummary): PackedSummary => [
  [summary.totalRecipients, summary.totalSegments, summary.totalCost, summary.encoding],
  [
    summary.acceptedCount,
    summary.blockedCount,
    summary.queueErrorCount,
    summary.configErrorCount,
    summary.dbErrorCount,
  ],
];

function unpackSummary([totals, counts]: PackedSummary): SendSummary {
  const [totalRecipients, totalSegments, totalCost, encoding] = totals;
  const [acceptedCount, blockedCount, queueErrorCount, configErrorCount, dbErrorCount] = counts;
  return {
    ...{ totalRecipients, totalSegments, totalCost, encoding },
    ...{ acceptedCount, blockedCount, queueErrorCount, configErrorCount, dbErrorCount },
  };
}

function commonPrefix([first = '', ...others]: readonly string[]): string {
  let length = first.length;
  for (const other of others) while (!other.startsWith(first.slice(0, length))) length -= 1;
  return first.slice(0, length);
}
