import type { Decimal } from './decimal.ts';
import type { Instant } from './message.ts';
import type { MessageStatus } from './message-status.ts';

export const TRAFFIC_ITEM_SOURCES = ['API', 'CAMPAIGN', 'UNRECOGNIZED'] as const;
export type TrafficItemSource = (typeof TRAFFIC_ITEM_SOURCES)[number];

/** One row of the unified history: a message sent over the API or by a campaign. */
export interface TrafficItem {
  readonly itemId: string;
  /** Null unless it was sent over the API and its row bears that id. */
  readonly messageId: string | null;
  readonly source: TrafficItemSource;
  readonly recipient: string;
  readonly sender: string | null;
  readonly text: string | null;
  readonly segments: number | null;
  readonly status: MessageStatus;
  readonly rawStatus: string;
  readonly statusCode: string | null;
  readonly cost: Decimal | null;
  readonly sentAt: Instant | null;
  readonly deliveredAt: Instant | null;
  readonly isClicked: boolean | null;
  readonly clickedAt: Instant | null;
  readonly actionType: string | null;
  readonly actionAt: Instant | null;
}
