import type { Decimal } from './decimal.ts';
import type { CalendarDate, DateRange } from './list-query.ts';

/** Counters of traffic. Each is null when the provider leaves it out; rates are percent. */
export interface TrafficCounters {
  readonly totalSent: number | null;
  readonly sent: number | null;
  readonly delivered: number | null;
  readonly undelivered: number | null;
  readonly pending: number | null;
  readonly expired: number | null;
  readonly notBilled: number | null;
  readonly clickCount: number | null;
  readonly uniqueClickCount: number | null;
  readonly actionCount: number | null;
  readonly sentRate: number | null;
  readonly deliveryRate: number | null;
  readonly totalCost: Decimal | null;
  readonly averageCost: Decimal | null;
}

export interface TrafficTotals extends TrafficCounters {
  readonly currency: string | null;
  readonly period: DateRange | null;
}

export interface DailyStats extends TrafficCounters {
  readonly date: CalendarDate;
}

export interface CountryStats extends TrafficCounters {
  /** ISO 3166-1 alpha-2; null when the provider could not tell. */
  readonly country: string | null;
}
