import { z } from 'zod';
import { isCalendarDate } from '../../domain/date-range.ts';
import type { DateRange } from '../../domain/list-query.ts';
import type { CountryStats, DailyStats, TrafficCounters, TrafficTotals } from '../../domain/statistics.ts';
import { UpstreamContractError } from '../failures/failures.ts';
import { optionalMoney, optionalNumber, optionalText, toDecimal, toText } from './fields.ts';

const counters = z.object({
  total_sent: optionalNumber,
  sent: optionalNumber,
  delivered: optionalNumber,
  undelivered: optionalNumber,
  /** Alias of `undelivered`. */
  failed: optionalNumber,
  pending: optionalNumber,
  expired: optionalNumber,
  not_billed: optionalNumber,
  click_count: optionalNumber,
  unique_click_count: optionalNumber,
  action_count: optionalNumber,
  sent_rate: optionalNumber,
  delivery_rate: optionalNumber,
  total_cost: optionalMoney,
  avg_cost_per_msg: optionalMoney,
});

const totals = z.object({
  stats: counters.extend({ currency: optionalText }),
  period: z.object({ from: z.string(), to: z.string() }).nullish().catch(null),
});
const dayRow = counters.extend({ date: optionalText, day: optionalText });
const countryRow = counters.extend({
  country: optionalText,
  country_code: optionalText,
  iso: optionalText,
});

export function readTotals(body: unknown): TrafficTotals {
  const { success, data } = totals.safeParse(body);
  if (!success) throw new UpstreamContractError('stats', 'the body holds no statistics');
  return {
    ...toCounters(data.stats),
    currency: toText(data.stats.currency),
    period: toRange(data.period),
  };
}

export function readDay(row: unknown): DailyStats | null {
  const { success, data } = dayRow.safeParse(row);
  const date = (data?.date ?? data?.day)?.slice(0, '2026-02-13'.length);
  if (!success || date === undefined || !isCalendarDate(date)) return null;
  return { date, ...toCounters(data) };
}

const ISO_COUNTRY = /^[A-Za-z]{2}$/;

/** Traffic whose country is unknown is still traffic: the row stays, its country null. */
export function readCountry(row: unknown): CountryStats | null {
  const { success, data } = countryRow.safeParse(row);
  if (!success) return null;
  const code = [data.country, data.country_code, data.iso].find((value) => ISO_COUNTRY.test(value ?? ''));
  return { country: code?.toUpperCase() ?? null, ...toCounters(data) };
}

const toRange = (period: DateRange | null | undefined): DateRange | null =>
  period && isCalendarDate(period.from) && isCalendarDate(period.to)
    ? { from: period.from, to: period.to }
    : null;

const toCounters = (wire: z.infer<typeof counters>): TrafficCounters => ({
  totalSent: toCount(wire.total_sent),
  sent: toCount(wire.sent),
  delivered: toCount(wire.delivered),
  undelivered: toCount(wire.undelivered ?? wire.failed),
  pending: toCount(wire.pending),
  expired: toCount(wire.expired),
  notBilled: toCount(wire.not_billed),
  clickCount: toCount(wire.click_count),
  uniqueClickCount: toCount(wire.unique_click_count),
  actionCount: toCount(wire.action_count),
  sentRate: wire.sent_rate ?? null,
  deliveryRate: wire.delivery_rate ?? null,
  totalCost: toDecimal(wire.total_cost),
  averageCost: toDecimal(wire.avg_cost_per_msg),
});

/** A count is a whole number; anything else is not one. */
const toCount = (value: number | null | undefined): number | null =>
  Number.isSafeInteger(value) ? (value ?? null) : null;
