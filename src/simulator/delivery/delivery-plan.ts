import type { SimulatorTimings } from '../time/timings.ts';

/** One thing that happens to a message after it was accepted. */
export interface DeliveryStep {
  /** Counted from acceptance. */
  readonly afterMs: number;
  /** The status the message takes; null when only a report is posted. */
  readonly status: string | null;
  /** The webhook posted at this step, and how often. */
  readonly report: {
    readonly status: string;
    readonly occurredAfterMs: number;
    readonly copies: number;
  } | null;
}

export type DeliveryPlan = (timings: SimulatorTimings) => readonly DeliveryStep[];

const passing = (afterMs: number, status: string): DeliveryStep => ({ afterMs, status, report: null });

const reported = (afterMs: number, status: string, copies = 1): DeliveryStep => ({
  afterMs,
  status,
  report: { status, occurredAfterMs: afterMs, copies },
});

/** `pending → sent → status`, with one report. */
export const endsAs =
  (status: string): DeliveryPlan =>
  (timings) => [passing(timings.sentAfterMs, 'sent'), reported(timings.deliveredAfterMs, status)];

/** The same, but no report is ever posted. */
export const endsUnreportedAs =
  (status: string): DeliveryPlan =>
  (timings) => [passing(timings.sentAfterMs, 'sent'), passing(timings.deliveredAfterMs, status)];

/** `pending → failed`: it never reaches a carrier, so no carrier reports it. */
export const failsInside: DeliveryPlan = (timings) => [passing(timings.sentAfterMs, 'failed')];

export const staysSent: DeliveryPlan = (timings) => [passing(timings.sentAfterMs, 'sent')];

export const isReportedTwice: DeliveryPlan = (timings) => [
  passing(timings.sentAfterMs, 'sent'),
  reported(timings.deliveredAfterMs, 'DELIVRD', 2),
];

/** An UNDELIV that happened 2 s before the delivery is posted 1 s after it. */
export const isReportedOutOfOrder: DeliveryPlan = (timings) => [
  passing(timings.sentAfterMs, 'sent'),
  reported(timings.deliveredAfterMs, 'DELIVRD'),
  {
    afterMs: timings.deliveredAfterMs + 1_000,
    status: null,
    report: { status: 'UNDELIV', occurredAfterMs: timings.deliveredAfterMs - 2_000, copies: 1 },
  },
];

export const isContradictedLate: DeliveryPlan = (timings) => [
  passing(timings.sentAfterMs, 'sent'),
  reported(timings.deliveredAfterMs, 'UNDELIV'),
  reported(timings.deliveredAfterMs + timings.contradictedAfterMs, 'DELIVRD'),
];

export const isSlow: DeliveryPlan = (timings) => [
  passing(timings.sentAfterMs, 'sent'),
  reported(timings.slowAfterMs, 'DELIVRD'),
];

/** Goes through statuses between sent and delivered; `between` may hold some that no document names. */
export const goesThrough =
  (...between: readonly string[]): DeliveryPlan =>
  (timings) => {
    const spanMs = timings.deliveredAfterMs - timings.sentAfterMs;
    const steps = between.map((status, index) =>
      passing(timings.sentAfterMs + (spanMs * (index + 1)) / (between.length + 1), status),
    );
    return [passing(timings.sentAfterMs, 'sent'), ...steps, reported(timings.deliveredAfterMs, 'DELIVRD')];
  };
