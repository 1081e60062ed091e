import { type DeliveryReport, reportIdentity } from '../domain/delivery-report.ts';
import type { Instant, Message } from '../domain/message.ts';
import { isFinalStatus, type MessageStatus } from '../domain/message-status.ts';
import { advanceStatus, isContradictingFinal, statusRank } from '../domain/status-progress.ts';

/** Where one message stands by its delivery reports. */
export interface DeliveryState {
  readonly status: MessageStatus;
  readonly rawStatus: string;
  /** The first reason that was given for this status; null when no report gave one. */
  readonly statusCode: string | null;
  /** When the status came about, by the provider's clock. */
  readonly occurredAt: Instant;
  /** Null unless the status is DELIVERED. */
  readonly deliveredAt: Instant | null;
  readonly isFinal: boolean;
  /** Final reports of another end than `status`, oldest first: kept and marked, never obeyed. */
  readonly contradictions: readonly DeliveryReport[];
}

/** A report in its place in the timeline of a message. */
export interface TimelineReport extends DeliveryReport {
  /** True for a final report of another end than the one that settled the message. */
  readonly isContradiction: boolean;
}

/**
 * Folds the reports of one message, in the order of the log, into one status that never goes backwards.
 *
 * - The furthest status wins, whatever the order: `sent` after `DELIVRD` changes nothing.
 * - Of two different final ones the first in the log wins, for every reader of the log alike: what a caller was told is
 *   final stays. The other one is in `contradictions`.
 * - Reports that agree on the status may come in any order: time, raw status and reason are those of the earliest.
 *
 * @returns null when there is no report
 */
export function foldReports(reports: readonly DeliveryReport[]): DeliveryState | null {
  const [first, ...later] = reports;
  if (first === undefined) return null;
  const status = later.reduce((current, report) => advanceStatus(current, report.status), first.status);
  const timeline = sortTimeline(reports);
  return describeState(status, timeline);
}

function describeState(status: MessageStatus, timeline: readonly DeliveryReport[]): DeliveryState | null {
  const witnesses = timeline.filter((report) => report.status === status);
  const [earliest] = witnesses;
  if (earliest === undefined) return null;
  return {
    status,
    rawStatus: earliest.rawStatus,
    statusCode: witnesses.find((report) => report.statusCode !== null)?.statusCode ?? null,
    occurredAt: earliest.occurredAt,
    deliveredAt: status === 'DELIVERED' ? earliest.occurredAt : null,
    isFinal: isFinalStatus(status),
    contradictions: timeline.filter((report) => isContradictingFinal(status, report.status)),
  };
}

/** The reports of one message oldest first, repeats left out, contradictions marked. `reports` in the order of the log. */
export function buildTimeline(reports: readonly DeliveryReport[]): readonly TimelineReport[] {
  const state = foldReports(reports);
  if (state === null) return [];
  return sortTimeline(reports).map((report) => ({
    ...report,
    isContradiction: isContradictingFinal(state.status, report.status),
  }));
}

/**
 * The message as the reports and the provider's snapshot of it say together: whichever is further. When both are final
 * and differ, the reports win: they are what subscribers were told.
 */
export function applyTimeline(message: Message, reports: readonly DeliveryReport[]): Message {
  const state = foldReports(reports);
  if (state === null || statusRank(message.status) > statusRank(state.status)) return message;
  const isAgreed = message.status === state.status;
  return {
    ...message,
    status: state.status,
    rawStatus: state.rawStatus,
    statusCode: state.statusCode ?? (isAgreed ? message.statusCode : null),
    deliveredAt: (isAgreed ? message.deliveredAt : null) ?? state.deliveredAt,
  };
}

/** By the provider's clock; at the same instant the lesser status first; no report twice. */
function sortTimeline(reports: readonly DeliveryReport[]): readonly DeliveryReport[] {
  const distinct = new Map(reports.toReversed().map((report) => [reportIdentity(report), report]));
  return [...distinct.values()].sort(
    (left, right) =>
      compareText(left.occurredAt, right.occurredAt) ||
      statusRank(left.status) - statusRank(right.status) ||
      compareText(reportIdentity(left), reportIdentity(right)),
  );
}

const compareText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);
