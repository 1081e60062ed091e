import type { Decimal } from './decimal.ts';
import type { Encoding } from './segments.ts';

/** A send that passed local validation. */
export interface SendRequest {
  /** E.164, without duplicates, 1 to 100. */
  readonly to: readonly string[];
  readonly text: string;
  readonly sender: string;
}

export const RECIPIENT_STATUSES = [
  'ACCEPTED',
  'BLOCKED_COUNTRY',
  'QUEUE_ERROR',
  'CONFIG_ERROR',
  'UNRECOGNIZED',
] as const;
export type RecipientStatus = (typeof RECIPIENT_STATUSES)[number];

export interface RecipientResult {
  readonly recipient: string;
  readonly status: RecipientStatus;
  /** Null when the recipient was not accepted. */
  readonly messageId: string | null;
  readonly segments: number | null;
}

export interface SendSummary {
  readonly totalRecipients: number;
  readonly totalSegments: number;
  readonly totalCost: Decimal;
  readonly encoding: Encoding;
  readonly acceptedCount: number;
  readonly blockedCount: number;
  readonly queueErrorCount: number;
  readonly configErrorCount: number;
  readonly dbErrorCount: number;
}

/** What the provider answered to one send. It holds no text, so it may be stored. */
export interface SendReceipt {
  readonly recipients: readonly RecipientResult[];
  readonly summary: SendSummary;
  readonly isSandbox: boolean;
}

/** What signs one request: the provider takes each such pair once, for about five minutes. */
export interface SignedAttempt {
  readonly timestamp: number;
  readonly signature: string;
}
