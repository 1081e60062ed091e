import type { DeliveryReport } from '../domain/delivery-report.ts';
import {
  createReportMatcher,
  type DeliveryReportFilter,
  normalizeReportFilter,
} from '../domain/delivery-report-filter.ts';
import type { Instant } from '../domain/message.ts';
import type { TokenSealer } from '../domain/sealed-token.ts';
import type { EventLog, LogEntry } from '../store/store.ts';
import { hashAsk, sealEventCursor } from './event-cursor.ts';
import { createEventSource, type EventSource } from './event-source.ts';
import type { Hub } from './hub.ts';
import { type BeginAt, readStartPoint } from './resume-position.ts';

/** A delivery report came in. The same object for everybody who asks with the same filter. */
export interface DeliveryReportReceived {
  readonly cursor: string;
  readonly occurredAt: Instant;
  readonly report: DeliveryReport;
}

export interface FollowReportsOptions extends BeginAt {
  readonly workspace: string;
  readonly filter: DeliveryReportFilter;
  readonly hub: Hub;
  readonly log: EventLog;
  readonly sealer: TokenSealer;
  readonly signal: AbortSignal;
}

/**
 * The feed of a workspace: every report after the cursor, since the instant, or from now.
 *
 * @throws BadUserInputError, CursorInvalidError, CursorExpiredError, UpstreamUnavailableError; while running also SlowConsumerError
 */
export async function followReports(
  options: FollowReportsOptions,
): Promise<EventSource<DeliveryReportReceived>> {
  const { workspace, after, since, hub, log, sealer, signal } = options;
  const filter = normalizeReportFilter(options.filter);
  const askHash = hashAsk({ name: 'deliveryReportReceived', workspace, args: { filter } });
  const start = await readStartPoint({ after, since, askHash, sealer, log });
  const matches = createReportMatcher(filter);
  const key = `deliveryReportReceived|${askHash}`;

  const buildEvent = ({ position, report }: LogEntry): DeliveryReportReceived => ({
    cursor: sealEventCursor(sealer, askHash, { position, epoch: hub.epoch, memo: '' }),
    occurredAt: report.occurredAt,
    report,
  });
  const interest = { workspace, messageIds: filter.messageIds && new Set(filter.messageIds) };

  return createEventSource({
    subscription: hub.subscribe(interest, start?.position ?? null),
    opening: [],
    toEvent: (entry) => (matches(entry.report) ? hub.derive(entry, key, () => buildEvent(entry)) : null),
    isComplete: () => false,
    signal,
  });
}
