import type { Micros } from '../formats/money.ts';

/** A message as the provider keeps it. What delivery changes is mutable, the rest never moves. */
export interface MessageRecord {
  /** Grows with every message of a journal. */
  readonly id: number;
  readonly messageId: string;
  readonly source: 'api' | 'campaign';
  readonly recipient: string;
  /** ISO 3166-1 alpha-2; null when the number belongs to no country. */
  readonly country: string | null;
  readonly senderId: string;
  readonly text: string;
  readonly segments: number;
  readonly createdAtMs: number;
  cost: Micros;
  status: string;
  statusCode: string | null;
  deliveredAtMs: number | null;
  /** The carrier's id; null until the message was handed over. */
  telecomMessageId: string | null;
  readonly engagement: Engagement | null;
}

/** What the recipient did with the link in a message. */
export interface Engagement {
  readonly clicks: number;
  readonly clickedAtMs: number;
  readonly actionType: string | null;
  readonly actionAtMs: number | null;
}
