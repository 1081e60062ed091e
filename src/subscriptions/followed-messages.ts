import type { DeliveryReport } from '../domain/delivery-report.ts';
import { BadUserInputError } from '../domain/errors.ts';
import type { Instant, Message } from '../domain/message.ts';
import type { ProviderSession } from '../rest/provider-session.ts';
import type { EventLog } from '../store/store.ts';
import { applyTimeline, foldReports } from './delivery-state.ts';
import { explainStoreOutage } from './resume-position.ts';

/** A message as it stands, and since when. */
export interface CurrentMessage {
  readonly message: Message;
  readonly occurredAt: Instant;
  /** True when the log holds a final report: no other one has to be waited for. */
  readonly isSettledInLog: boolean;
}

export interface LoadCurrentOptions {
  readonly workspace: string;
  readonly messageIds: readonly string[];
  readonly provider: Pick<ProviderSession, 'loadMessages'>;
  readonly log: Pick<EventLog, 'readMessages'>;
}

const NAMED_IDS = 5;

/**
 * The messages as the provider and the timeline say together; indexed by message id.
 *
 * @throws BadUserInputError naming ids that the provider does not know; any error of a message that could not be read
 */
export async function loadCurrentMessages(
  options: LoadCurrentOptions,
): Promise<ReadonlyMap<string, CurrentMessage>> {
  const { workspace, messageIds, provider, log } = options;
  const [snapshots, timelines] = await Promise.all([
    provider.loadMessages(messageIds),
    log.readMessages(workspace, messageIds).catch((error) => {
      throw explainStoreOutage(error);
    }),
  ]);
  const known = snapshots.map((snapshot) => {
    if (snapshot instanceof Error) throw snapshot;
    return snapshot;
  });
  refuseUnknown(messageIds.filter((_id, index) => (known[index] ?? null) === null));
  return new Map(
    known
      .filter((message) => message !== null)
      .map((message) => {
        const reports = (timelines.get(message.messageId) ?? []).map((entry) => entry.report);
        return [message.messageId, describeCurrent(message, reports)];
      }),
  );
}

function describeCurrent(snapshot: Message, reports: readonly DeliveryReport[]): CurrentMessage {
  const message = applyTimeline(snapshot, reports);
  const state = foldReports(reports);
  const sinceReport = state?.status === message.status ? state.occurredAt : null;
  return {
    message,
    occurredAt: sinceReport ?? message.deliveredAt ?? message.createdAt,
    isSettledInLog: state?.isFinal ?? false,
  };
}

function refuseUnknown(unknownIds: readonly string[]): void {
  if (unknownIds.length === 0) return;
  const named = unknownIds.slice(0, NAMED_IDS).map((id) => JSON.stringify(id));
  const more = unknownIds.length > NAMED_IDS ? ` and ${unknownIds.length - NAMED_IDS} more` : '';
  throw new BadUserInputError(
    `\`messageIds\` names messages that do not exist in this workspace: ${named.join(', ')}${more}.`,
  );
}
