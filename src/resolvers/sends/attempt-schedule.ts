import type { Clock } from '../../domain/clock.ts';
import type { LedgerEntry } from '../../store/store.ts';

/** Spaces the questions about the same send: a truth that is not found at once is not asked for in every round. */
export interface AttemptSchedule {
  /** Those of the open entries whose turn it is; what is not open any more is forgotten. */
  takeDue(openEntries: readonly LedgerEntry[]): readonly LedgerEntry[];
}

interface Attempt {
  readonly count: number;
  readonly nextAtMs: number;
}

const FIRST_SPACING_MS = 5000;
const LONGEST_SPACING_MS = 300_000;

export function createAttemptSchedule(clock: Clock): AttemptSchedule {
  let attempts: ReadonlyMap<string, Attempt> = new Map();

  return {
    takeDue(openEntries) {
      const nowMs = clock.now();
      const due: LedgerEntry[] = [];
      const next = new Map<string, Attempt>();
      for (const entry of openEntries) {
        const key = JSON.stringify([entry.workspace, entry.idempotencyKey, entry.claimedAtMs]);
        const attempt = attempts.get(key) ?? { count: 0, nextAtMs: nowMs };
        const isDue = attempt.nextAtMs <= nowMs;
        if (isDue) due.push(entry);
        next.set(key, isDue ? scheduleNext(attempt, nowMs) : attempt);
      }
      attempts = next;
      return due;
    },
  };
}

function scheduleNext({ count }: Attempt, nowMs: number): Attempt {
  const spacingMs = Math.min(LONGEST_SPACING_MS, FIRST_SPACING_MS * 2 ** count);
  return { count: count + 1, nextAtMs: nowMs + spacingMs };
}
