import type { DeliveryReport } from '../domain/delivery-report.ts';

/**
 * The members of a report that may reach the disk, one by one: whatever else an object carries at run time (a message
 * text, say) is left out.
 */
export const toStoredReport = (report: DeliveryReport): DeliveryReport => ({
  messageId: report.messageId,
  recipient: report.recipient,
  sender: report.sender,
  status: report.status,
  rawStatus: report.rawStatus,
  statusCode: report.statusCode,
  segments: report.segments,
  cost: report.cost,
  occurredAt: report.occurredAt,
  receivedAt: report.receivedAt,
  isRecovered: report.isRecovered,
});
