import type { MessageStatusGroup } from './message-status.ts';

/** A calendar day in UTC: `2026-02-13`. */
export type CalendarDate = string;

/** Fixed days, both included. Lists are asked by fixed days, so that pages do not move at midnight. */
export interface DateRange {
  readonly from: CalendarDate;
  readonly to: CalendarDate;
}

export const PERIODS = [
  'TODAY',
  'YESTERDAY',
  'LAST_7_DAYS',
  'LAST_30_DAYS',
  'THIS_MONTH',
  'LAST_MONTH',
] as const;
export type Period = (typeof PERIODS)[number];

export const TRAFFIC_SOURCES = ['API', 'BROADCASTS', 'ALL'] as const;
export type TrafficSource = (typeof TRAFFIC_SOURCES)[number];

/** What a list of messages is narrowed to. A null member does not narrow. */
export interface MessageQuery {
  readonly range: DateRange;
  readonly statusGroup: MessageStatusGroup | null;
  readonly phoneContains: string | null;
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null;
  readonly sender: string | null;
}

/** The same for API and campaign traffic together. */
export interface TrafficQuery extends MessageQuery {
  readonly source: TrafficSource;
}

/** The same for statistics. The days of a period are the provider's own, in its time zone: what its portal shows. */
export interface StatsQuery extends Omit<TrafficQuery, 'range'> {
  readonly range: DateRange | Period;
}

/** One page of a list that the provider pages by offset. `page` counts from 1. */
export interface OffsetPage<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
  readonly page: number;
  readonly totalPages: number;
  /** Rows that a full page holds: what was asked for, or less where the provider serves smaller pages. */
  readonly limit: number;
  /** Rows of this page, those that could not be read too. */
  readonly served: number;
}
