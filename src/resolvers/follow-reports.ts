import type { OperationContext } from '../context.ts';
import type { DeliveryReportFilter } from '../domain/delivery-report-filter.ts';
import type { EventSource } from '../subscriptions/event-source.ts';
import {
  type DeliveryReportReceived,
  followReports as followInLog,
} from '../subscriptions/follow-reports.ts';
import type { BeginAt } from '../subscriptions/resume-position.ts';
import { checkFollowedIds } from './followed-ids.ts';

export interface FollowReportsInput extends BeginAt {
  readonly filter: DeliveryReportFilter;
}

/**
 * The feed of delivery reports of the caller's workspace.
 *
 * @throws BadUserInputError, CursorInvalidError, CursorExpiredError when it opens; SlowConsumerError later
 */
export async function followReports(
  { filter, after, since }: FollowReportsInput,
  { viewer, hub, store, sealers, hangUp }: OperationContext,
): Promise<EventSource<DeliveryReportReceived>> {
  if (filter.messageIds !== null) checkFollowedIds(filter.messageIds, 'filter.messageIds');
  return followInLog({
    workspace: viewer.workspace,
    filter,
    after,
    since,
    hub,
    log: store.log,
    sealer: sealers.eventCursor,
    signal: hangUp.signal,
  });
}
