import { type DeliveryReport, reportIdentity } from '../../domain/delivery-report.ts';
import { keyPart } from './key-part.ts';

/** Where the timeline keeps the position of a report: all reports of one message lie side by side. */
export const timelineKey = (
  workspace: string,
  report: DeliveryReport,
): [workspace: string, message: string, identity: string] => [
  keyPart(workspace),
  keyPart(report.messageId),
  keyPart(reportIdentity(report)),
];
