import { ApiProblem } from '../../api/api-problem.ts';
import { DAY_MS, parseDay, startOfDay, startOfMonth } from '../../formats/timestamps.ts';

/** Whole UTC days; `untilMs` is the first instant after the last one. */
export interface DayRange {
  readonly fromMs: number;
  readonly untilMs: number;
}

const DEFAULT_PERIOD = '7d';

const days = (fromMs: number, lastDayMs: number): DayRange => ({ fromMs, untilMs: lastDayMs + DAY_MS });

function periodRange(period: string, nowMs: number): DayRange {
  const today = startOfDay(nowMs);
  switch (period) {
    case 'today':
      return days(today, today);
    case 'yesterday':
      return days(today - DAY_MS, today - DAY_MS);
    case '7d':
      return days(today - 7 * DAY_MS, today);
    case '30d':
      return days(today - 30 * DAY_MS, today); // the documented answer spans 2026-01-14 to 2026-02-13
    case 'this_month':
      return days(startOfMonth(nowMs, 0), today);
    case 'last_month':
      return { fromMs: startOfMonth(nowMs, -1), untilMs: startOfMonth(nowMs, 0) };
    default:
      throw new ApiProblem('INVALID_PARAMS', 'period must be one of the documented periods.');
  }
}

function dayOf(name: string, text: string): number {
  const day = parseDay(text);
  if (day === null) throw new ApiProblem('INVALID_PARAMS', `${name} must be a date such as 2026-02-13.`);
  return day;
}

/** Reads `period`, or `from` and `to`. An open end is today, an open start a week before the end. */
export function readDateRange(query: URLSearchParams, nowMs: number): DayRange {
  const period = query.get('period');
  const from = query.get('from');
  const to = query.get('to');
  if (from === null && to === null) return periodRange(period ?? DEFAULT_PERIOD, nowMs);
  if (period !== null) throw new ApiProblem('INVALID_PARAMS', 'from and to go without period.');
  const lastDay = to === null ? startOfDay(nowMs) : dayOf('to', to);
  const firstDay = from === null ? lastDay - 7 * DAY_MS : dayOf('from', from);
  if (firstDay > lastDay) throw new ApiProblem('INVALID_PARAMS', 'from must not be after to.');
  return days(firstDay, lastDay);
}
