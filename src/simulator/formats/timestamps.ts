export const DAY_MS = 86_400_000;

/** `2026-02-13T10:30:00Z`: the provider writes whole seconds. */
export const isoSeconds = (epochMs: number): string => `${new Date(epochMs).toISOString().slice(0, 19)}Z`;

export const isoSecondsOrNull = (epochMs: number | null): string | null =>
  epochMs === null ? null : isoSeconds(epochMs);

/** `2026.02.13 10:30:00`: balances and prices use this form, in UTC. */
export const dottedDateTime = (epochMs: number): string =>
  new Date(epochMs).toISOString().slice(0, 19).replaceAll('-', '.').replace('T', ' ');

/** The UTC day as `2026-02-13`. */
export const isoDay = (epochMs: number): string => new Date(epochMs).toISOString().slice(0, 10);

export const startOfDay = (epochMs: number): number => Math.floor(epochMs / DAY_MS) * DAY_MS;

/** First millisecond of a calendar month in UTC; `offset` counts months from the one of the instant. */
export function startOfMonth(epochMs: number, offset: number): number {
  const date = new Date(epochMs);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + offset, 1);
}

const CALENDAR_DATE = /^\d{4}-\d{2}-\d{2}$/;

/** First millisecond of a day written `2026-02-13`; null when there is no such day. */
export function parseDay(text: string): number | null {
  if (!CALENDAR_DATE.test(text)) return null;
  const epochMs = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(epochMs) || isoDay(epochMs) !== text ? null : epochMs;
}
