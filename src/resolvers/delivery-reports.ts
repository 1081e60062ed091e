import DataLoader from 'dataloader';
import type { OperationContext } from '../context.ts';
import { type DeliveryReport, reportIdentity } from '../domain/delivery-report.ts';
import type { EventLog } from '../store/store.ts';
import { buildTimeline, type TimelineReport } from '../subscriptions/delivery-state.ts';
import { perOperation } from './per-operation.ts';

/** What of an operation's context is needed to read timelines. */
export interface TimelineContext extends Pick<OperationContext, 'viewer'> {
  readonly store: { readonly log: Pick<EventLog, 'readMessages'> };
}

const reportLoader = perOperation(({ store, viewer }: TimelineContext) => {
  const load = async (messageIds: readonly string[]) => {
    const entries = await store.log.readMessages(viewer.workspace, Array.from(new Set(messageIds)));
    return messageIds.map((messageId) => (entries.get(messageId) ?? []).map((entry) => entry.report));
  };
  // The operation of a subscription lasts for days, and timelines grow: nothing is kept.
  return new DataLoader<string, readonly DeliveryReport[]>(load, { cache: false });
});

/** The reports of a message in the order of the log. One read of the store for all messages of the operation. */
export const reportsInLogOrder = (
  messageId: string,
  context: TimelineContext,
): Promise<readonly DeliveryReport[]> => reportLoader(context).load(messageId);

/** What this gateway received about a message, oldest first. */
export const deliveryReports = async (
  messageId: string,
  context: TimelineContext,
): Promise<readonly TimelineReport[]> => buildTimeline(await reportsInLogOrder(messageId, context));

/** True when the report says that its message ended otherwise than another one before it had said. */
export async function isContradiction(report: DeliveryReport, context: TimelineContext): Promise<boolean> {
  const timeline = await deliveryReports(report.messageId, context);
  const identity = reportIdentity(report);
  return timeline.some((other) => other.isContradiction && reportIdentity(other) === identity);
}
