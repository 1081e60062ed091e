import type { Decimal } from './decimal.ts';
import type { Instant } from './message.ts';
import type { MessageStatus } from './message-status.ts';

/** One delivery report (DLR) as the gateway knows it. It never holds the message text. */
export interface DeliveryReport {
  readonly messageId: string;
  /** E.164. */
  readonly recipient: string;
  readonly sender: string | null;
  readonly status: MessageStatus;
  readonly rawStatus: string;
  readonly statusCode: string | null;
  readonly segments: number | null;
  readonly cost: Decimal | null;
  /** When it happened, by the provider's clock. */
  readonly occurredAt: Instant;
  /** When the gateway took it in. */
  readonly receivedAt: Instant;
  /** True when no webhook brought it: the reconciler asked for it. */
  readonly isRecovered: boolean;
}

/**
 * What makes two reports of one workspace the same one. The message id is part of the key the store keeps it under,
 * so it is not repeated here.
 */
export const reportIdentity = (report: DeliveryReport): string =>
  `${report.rawStatus.toUpperCase()}|${report.statusCode ?? ''}|${report.occurredAt}`;
