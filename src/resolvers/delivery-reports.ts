import DataLoader from 'dataloader';
import type { OperationContext } from '../context.ts';
import type { DeliveryReport } from '../domain/delivery-report.ts';
import { perOperation } from './per-operation.ts';

const timelineLoader = perOperation(
  ({ store, viewer }) =>
    new DataLoader<string, readonly DeliveryReport[]>(async (messageIds) => {
      const entries = await store.log.readMessages(viewer.workspace, messageIds);
      return messageIds.map((messageId) => (entries.get(messageId) ?? []).map((entry) => entry.report));
    }),
);

/** What this gateway received about a message, oldest first. One read of the store for all messages of the operation. */
export const deliveryReports = (
  messageId: string,
  context: OperationContext,
): Promise<readonly DeliveryReport[]> => timelineLoader(context).load(messageId);
