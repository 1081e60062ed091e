import type { DeliveryReport } from '../domain/delivery-report.ts';
import type { Instant, Message } from '../domain/message.ts';
import { isFinalStatus, type MessageStatus } from '../domain/message-status.ts';
import type { TokenSealer } from '../domain/sealed-token.ts';
import { advanceStatus } from '../domain/status-progress.ts';
import type { LogEntry, Position } from '../store/store.ts';
import { sealEventCursor } from './event-cursor.ts';
import type { CurrentMessage } from './followed-messages.ts';
import type { Hub } from './hub.ts';
import { decodeStatuses, encodeStatuses, FROM_LOG, type Told } from './status-memo.ts';

/** A message has another status than the subscriber was told before. Shared by all who were told the same. */
export interface MessageStatusChanged {
  readonly cursor: string;
  readonly occurredAt: Instant;
  /** Null in the event that opens the following of a message. */
  readonly previousStatus: MessageStatus | null;
  readonly status: MessageStatus;
  readonly message: Message;
}

/** What one subscriber was told of each message, and what it is to be told next. */
export interface StatusFollower {
  /** The current state of the messages it was told nothing of yet. */
  open(messageIds: readonly string[]): readonly MessageStatusChanged[];
  /** The change that a report makes, or the message that it opens; null for neither. */
  advance(entry: LogEntry): MessageStatusChanged | null;
  /** True when it was told how the message ended. */
  isToldEndOf(messageId: string): boolean;
  /** True when it was told how every message ended. */
  isComplete(): boolean;
}

export interface StatusFollowerOptions {
  readonly hub: Pick<Hub, 'derive' | 'epoch'>;
  readonly sealer: TokenSealer;
  readonly askHash: string;
  /** In the order in which cursors name them. */
  readonly messageIds: readonly string[];
  readonly current: ReadonlyMap<string, CurrentMessage>;
  /** What was told before: of the cursor that is resumed, or of the instant it begins at; `''` when nothing was. */
  readonly memo: string;
  /** Where in the log the following begins. */
  readonly start: Position;
}

export function createStatusFollower(options: StatusFollowerOptions): StatusFollower {
  const { hub, sealer, askHash, messageIds, current, start } = options;
  const memoStatuses = decodeStatuses(options.memo);
  const told = new Map<string, Told>(
    messageIds.map((messageId, index) => [messageId, memoStatuses[index] ?? null]),
  );
  const encodeTold = () => encodeStatuses(messageIds.map((messageId) => told.get(messageId) ?? null));
  const sealAt = (position: Position, memo: string) =>
    sealEventCursor(sealer, askHash, { position, epoch: hub.epoch, memo });

  function openMessage(messageId: string): readonly MessageStatusChanged[] {
    const now = current.get(messageId);
    if (now === undefined || told.get(messageId) !== null) return [];
    const { message, occurredAt } = now;
    told.set(messageId, message.status);
    const cursor = sealAt(start, encodeTold());
    return [{ cursor, occurredAt, previousStatus: null, status: message.status, message }];
  }

  function advance(entry: LogEntry): MessageStatusChanged | null {
    const { report, position } = entry;
    const before = told.get(report.messageId) ?? null;
    const snapshot = current.get(report.messageId)?.message;
    if (before === null || snapshot === undefined) return null;
    const previousStatus = before === FROM_LOG ? null : before;
    const status = previousStatus === null ? report.status : advanceStatus(previousStatus, report.status);
    if (status === previousStatus) return null;
    told.set(report.messageId, status);
    const memo = encodeTold();
    return hub.derive(entry, `messageStatusChanged|${askHash}|${previousStatus}|${memo}`, () => ({
      cursor: sealAt(position, memo),
      occurredAt: report.occurredAt,
      previousStatus,
      status,
      message: withReport(snapshot, report),
    }));
  }

  function isToldEndOf(messageId: string): boolean {
    const status = told.get(messageId) ?? null;
    return status !== null && status !== FROM_LOG && isFinalStatus(status);
  }

  return {
    open: (ids) => ids.flatMap(openMessage),
    advance,
    isToldEndOf,
    isComplete: () => messageIds.every(isToldEndOf),
  };
}

/** The message as it was when the report came, also when it is replayed and the message is further by now. */
const withReport = (snapshot: Message, report: DeliveryReport): Message => ({
  ...snapshot,
  status: report.status,
  rawStatus: report.rawStatus,
  statusCode: report.statusCode,
  deliveredAt: report.status === 'DELIVERED' ? report.occurredAt : null,
});
