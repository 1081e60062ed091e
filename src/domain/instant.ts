import type { Instant } from './message.ts';

const ISO_8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;
const WITHOUT_ZONE = /^(\d{4})[.-](\d\d)[.-](\d\d)[ T](\d\d:\d\d:\d\d(\.\d+)?)$/;
const DAY_LENGTH = '2026-02-13'.length;

/**
 * Reads a time in either of the provider's formats: ISO 8601, or `2026.02.13 10:15:00`. Without a zone it is UTC (the
 * provider does not say). Null for what is neither, and for days that do not exist.
 */
export function parseInstant(text: string): Instant | null {
  const iso = ISO_8601.test(text) ? text : withZone(text);
  const epochMs = iso === null ? Number.NaN : Date.parse(iso);
  if (iso === null || Number.isNaN(epochMs)) return null;
  const instant = new Date(epochMs).toISOString();
  // 30 February would become 2 March.
  const isSameDay = !iso.endsWith('Z') || instant.startsWith(iso.slice(0, DAY_LENGTH));
  return isSameDay ? instant : null;
}

function withZone(text: string): string | null {
  const [, year, month, day, time] = WITHOUT_ZONE.exec(text) ?? [];
  return year === undefined ? null : `${year}-${month}-${day}T${time}Z`;
}
