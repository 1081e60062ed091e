import { dayOf, isCalendarDate, rangeOfPeriod } from '../domain/date-range.ts';
import { BadUserInputError, type InputProblem } from '../domain/errors.ts';
import type {
  CalendarDate,
  DateRange,
  MessageQuery,
  Period,
  StatsQuery,
  TrafficQuery,
  TrafficSource,
} from '../domain/list-query.ts';
import type { MessageStatusGroup } from '../domain/message-status.ts';

/** A filter as callers write it; what is absent does not narrow. */
export interface MessageFilterInput {
  readonly statusGroup?: MessageStatusGroup | null | undefined;
  readonly phoneContains?: string | null | undefined;
  readonly country?: string | null | undefined;
  readonly sender?: string | null | undefined;
  readonly period?: Period | null | undefined;
  readonly from?: CalendarDate | null | undefined;
  readonly to?: CalendarDate | null | undefined;
}

export interface TrafficFilterInput extends MessageFilterInput {
  readonly source?: TrafficSource | null | undefined;
}

/** The provider's default, said outright: pages are fixed to its days, and every answer says the same. */
const DEFAULT_PERIOD: Period = 'LAST_7_DAYS';

/** @throws BadUserInputError naming every member of the filter that cannot be used */
export function messageQuery(filter: MessageFilterInput | null | undefined, nowMs: number): MessageQuery {
  const problems = filterProblems(filter ?? {}, nowMs);
  if (problems.length > 0) throw new BadUserInputError(sentences(problems));
  return {
    range: rangeOf(filter ?? {}, nowMs),
    statusGroup: filter?.statusGroup ?? null,
    phoneContains: trimmed(filter?.phoneContains),
    country: filter?.country ?? null,
    sender: trimmed(filter?.sender),
  };
}

/**
 * @param fallback the source when the filter names none
 * @throws BadUserInputError
 */
export function trafficQuery(
  filter: TrafficFilterInput | null | undefined,
  fallback: TrafficSource,
  nowMs: number,
): TrafficQuery {
  return { ...messageQuery(filter, nowMs), source: filter?.source ?? fallback };
}

/**
 * As for traffic, but a period stays a period: the provider counts its days.
 *
 * @throws BadUserInputError
 */
export function statsQuery(filter: TrafficFilterInput | null | undefined, nowMs: number): StatsQuery {
  const query = trafficQuery(filter, 'API', nowMs);
  return filter?.from ? query : { ...query, range: filter?.period ?? DEFAULT_PERIOD };
}

/** What is wrong with the days of a filter, with paths from the argument down. */
export function filterProblems(filter: MessageFilterInput, nowMs: number): readonly InputProblem[] {
  const { period, from, to } = filter;
  const problems: InputProblem[] = [];
  const report = (field: string, message: string) => problems.push({ path: ['filter', field], message });
  if (period && (from || to)) report('period', 'Give either period or from and to, not both.');
  for (const [field, day] of [['from', from] as const, ['to', to] as const]) {
    if (day && !isCalendarDate(day)) report(field, `The day ${day} does not exist.`);
  }
  if (to && !from) report('from', 'Give from too: a range that ends needs a day to start.');
  if (problems.length === 0 && from && from > (to ?? dayOf(nowMs))) {
    report('from', to ? 'from must not be after to.' : 'from must not be after today.');
  }
  return problems;
}

/**
 * What tells two filters apart, days as written: a cursor of `LAST_7_DAYS` stays valid for it after midnight, and holds
 * the days of its first page.
 */
export function filterIdentity(filter: TrafficFilterInput | null | undefined): readonly unknown[] {
  const { period, from, to, statusGroup, phoneContains, country, sender, source } = filter ?? {};
  return [
    from ? [from, to ?? null] : (period ?? DEFAULT_PERIOD),
    statusGroup ?? null,
    trimmed(phoneContains),
    country ?? null,
    trimmed(sender),
    source ?? null,
  ];
}

function rangeOf({ period, from, to }: MessageFilterInput, nowMs: number): DateRange {
  if (from) return { from, to: to ?? dayOf(nowMs) };
  return rangeOfPeriod(period ?? DEFAULT_PERIOD, nowMs);
}

/** Blank text does not narrow. */
const trimmed = (text: string | null | undefined): string | null => text?.trim() || null;

const sentences = (problems: readonly InputProblem[]): string =>
  problems.map(({ path, message }) => `${path.join('.')}: ${message}`).join(' ');
