import type { Decimal } from './decimal.ts';
import type { MessageStatus } from './message-status.ts';
import type { Encoding } from './segments.ts';

/** An instant as ISO 8601 in UTC, always with milliseconds and `Z`: `2026-02-13T10:30:00.000Z`. Sorts as text. */
export type Instant = string;

/** One SMS to one recipient. */
export interface Message {
  /** The provider's id: `api_{user}_{nanoseconds}_{16 hex}`. */
  readonly messageId: string;
  /** E.164. */
  readonly recipient: string;
  readonly sender: string;
  readonly text: string;
  readonly encoding: Encoding;
  /** Null when the provider does not say. */
  readonly segments: number | null;
  readonly status: MessageStatus;
  /** The provider's own status string, as sent. */
  readonly rawStatus: string;
  readonly statusCode: string | null;
  /** In the account currency. */
  readonly cost: Decimal | null;
  readonly createdAt: Instant;
  /** Null until delivered. */
  readonly deliveredAt: Instant | null;
}

/** What a delivery report tells of a message. */
export type StatusNews = Pick<Message, 'messageId' | 'status' | 'rawStatus' | 'statusCode' | 'deliveredAt'>;
