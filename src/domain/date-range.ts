import type { CalendarDate, DateRange, Period } from './list-query.ts';

const DAY_MS = 86_400_000;
const CALENDAR_DATE = /^\d{4}-\d{2}-\d{2}$/;

/** The UTC day of an instant. */
export const dayOf = (epochMs: number): CalendarDate => new Date(epochMs).toISOString().slice(0, 10);

/** `2026-02-13`, whether or not the day exists. */
export const hasDateForm = (value: string): boolean => CALENDAR_DATE.test(value);

/** False for days that do not exist, such as `2026-02-30`. */
export function isCalendarDate(value: string): value is CalendarDate {
  if (!hasDateForm(value)) return false;
  const midnight = Date.parse(`${value}T00:00:00Z`);
  // Engines differ in whether they refuse 30 February or roll it over to March.
  return !Number.isNaN(midnight) && dayOf(midnight) === value;
}

/**
 * The fixed UTC days of a relative period at an instant, both included, as the provider counts them: its documented answer
 * for `30d` on 2026-02-13 spans 2026-01-14 to 2026-02-13, so today comes on top of the days that the name says.
 */
export function rangeOfPeriod(period: Period, nowMs: number): DateRange {
  const today = dayOf(nowMs);
  switch (period) {
    case 'TODAY':
      return { from: today, to: today };
    case 'YESTERDAY':
      return { from: dayOf(nowMs - DAY_MS), to: dayOf(nowMs - DAY_MS) };
    case 'LAST_7_DAYS':
      return { from: dayOf(nowMs - 7 * DAY_MS), to: today };
    case 'LAST_30_DAYS':
      return { from: dayOf(nowMs - 30 * DAY_MS), to: today };
    case 'THIS_MONTH':
      return { from: firstOfMonth(today), to: today };
    case 'LAST_MONTH': {
      const lastDay = dayOf(Date.parse(firstOfMonth(today)) - DAY_MS);
      return { from: firstOfMonth(lastDay), to: lastDay };
    }
    default:
      return period satisfies never;
  }
}

const firstOfMonth = (day: CalendarDate): CalendarDate => `${day.slice(0, 7)}-01`;
