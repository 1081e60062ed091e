import type { DeliveryReport } from '../domain/delivery-report.ts';
import type { Instant, Message } from '../domain/message.ts';

/**
 * The report that no webhook brought, from what the provider says of the message. A webhook that comes after all is the
 * same report when the provider tells the time of delivery; it tells none for failures, and the finding stands in.
 */
export const toRecoveredReport = (message: Message, foundAt: Instant): DeliveryReport => ({
  messageId: message.messageId,
  recipient: message.recipient,
  sender: message.sender,
  status: message.status,
  rawStatus: message.rawStatus,
  statusCode: message.statusCode,
  segments: message.segments,
  cost: message.cost,
  occurredAt: message.deliveredAt ?? foundAt,
  receivedAt: foundAt,
  isRecovered: true,
});
