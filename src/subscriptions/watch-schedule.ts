import type { Watch } from '../store/store.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** The provider tries a webhook for about a minute: what is silent for longer than this may have been lost. */
const FIRST_WAIT_MS = 90 * SECOND_MS;
/** A message that somebody begins to follow long after it was sent is asked for at once. */
const OVERDUE_WAIT_MS = 5 * SECOND_MS;

const SHORTEST_WAIT_MS = MINUTE_MS;
const LONGEST_WAIT_MS = 12 * HOUR_MS;
/** After three days the provider's hourly job ends what has no final report; two hours leave it time to run. */
const GIVE_UP_AGE_MS = 3 * 24 * HOUR_MS + 2 * HOUR_MS;

const OUTAGE_WAIT_MS = 30 * SECOND_MS;
const OUTAGE_PATIENCE_MS = 24 * HOUR_MS;

export const firstDueAt = (sentAtMs: number, nowMs: number): number =>
  Math.max(sentAtMs + FIRST_WAIT_MS, nowMs + OVERDUE_WAIT_MS);

/**
 * When to ask again for a message that is not final yet: each wait is half of its age, so that the waits grow as a power of
 * 1.5 and a report that was lost is found before the message is half as old again. The last time is after the provider's
 * own clean-up; null when that is past.
 */
export function rescheduleWatch(watch: Watch, nowMs: number): Watch | null {
  const lastDueAtMs = watch.sentAtMs + GIVE_UP_AGE_MS;
  if (nowMs >= lastDueAtMs) return null;
  const waitMs = clamp((nowMs - watch.sentAtMs) / 2, SHORTEST_WAIT_MS, LONGEST_WAIT_MS);
  const dueAtMs = Math.min(nowMs + Math.round(waitMs), lastDueAtMs);
  return { ...watch, dueAtMs, attempts: watch.attempts + 1 };
}

/** When to try again after the provider could not be asked: soon, and it counts as no attempt. Null: for a day in vain. */
export function postponeWatch(watch: Watch, nowMs: number): Watch | null {
  const isHopeless = nowMs > watch.sentAtMs + GIVE_UP_AGE_MS + OUTAGE_PATIENCE_MS;
  return isHopeless ? null : { ...watch, dueAtMs: nowMs + OUTAGE_WAIT_MS };
}

/** True when a report that no webhook brought so far has had its time: the provider has stopped trying. */
export const isLate = (watch: Watch, nowMs: number): boolean => nowMs - watch.sentAtMs >= FIRST_WAIT_MS;

const clamp = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);
