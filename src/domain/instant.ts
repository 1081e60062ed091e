import type { Instant } from './message.ts';

const ISO_8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;
const WITHOUT_ZONE = /^(\d{4})[.-](\d\d)[.-](\d\d)[ T](\d\d:\d\d:\d\d(\.\d+)?)$/;
/** How nearly every time comes; days up to the 28th exist in every month. */
const PLAIN = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;
const DAY_LENGTH = '2026-02-13'.length;

/**
 * Reads a time in either of the provider's formats: ISO 8601, or `2026.02.13 10:15:00`. Without a zone it is UTC (the
 * provider does not say). Null for what is neither, and for days that do not exist.
 */
export function parseInstant(text: string): Instant | null {
  if (PLAIN.test(text)) return `${text.slice(0, -1)}.000Z`; // a page of 100 messages has 200 of them
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
