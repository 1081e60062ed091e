import type { DeliveryReport } from './delivery-report.ts';
import type { MessageStatus } from './message-status.ts';

/** What a feed of delivery reports is narrowed to. A null member does not narrow; an empty list lets nothing through. */
export interface DeliveryReportFilter {
  readonly statuses: readonly MessageStatus[] | null;
  /** Part of the recipient's number, as in the lists. */
  readonly phoneContains: string | null;
  readonly sender: string | null;
  readonly messageIds: readonly string[] | null;
}

export const EVERY_REPORT: DeliveryReportFilter = {
  statuses: null,
  phoneContains: null,
  sender: null,
  messageIds: null,
};

export function createReportMatcher(filter: DeliveryReportFilter): (report: DeliveryReport) => boolean {
  const { phoneContains, sender } = filter;
  const statuses = filter.statuses && new Set(filter.statuses);
  const messageIds = filter.messageIds && new Set(filter.messageIds);
  return (report) =>
    (statuses?.has(report.status) ?? true) &&
    (messageIds?.has(report.messageId) ?? true) &&
    (phoneContains === null || report.recipient.includes(phoneContains)) &&
    (sender === null || report.sender === sender);
}

/** The same filter in one form, whatever the order of its lists: equal filters share cursors and events. */
export const normalizeReportFilter = (filter: DeliveryReportFilter): DeliveryReportFilter => ({
  statuses: filter.statuses && sortDistinct(filter.statuses),
  phoneContains: filter.phoneContains,
  sender: filter.sender,
  messageIds: filter.messageIds && sortDistinct(filter.messageIds),
});

const sortDistinct = <Text extends string>(values: readonly Text[]): readonly Text[] =>
  [...new Set(values)].sort();
