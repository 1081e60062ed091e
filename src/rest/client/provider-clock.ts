import type { IncomingHttpHeaders } from 'node:http';

/** The provider's clock as its answers tell it. It goes on by monotonic time: setting this machine's clock does not move it. */
export interface ProviderClock {
  note(headers: IncomingHttpHeaders): void;
  /** Milliseconds since the Unix epoch; null before the first answer that told it. */
  now(): number | null;
}

/** `Date` has whole seconds: the true time lies half a second later on average. */
const HALF_A_SECOND_MS = 500;

export function createProviderClock(): ProviderClock {
  let told: { readonly dateMs: number; readonly atMs: number } | null = null;
  return {
    note({ date, age }) {
      // What a cache answers is as old as it says.
      if (date === undefined || age !== undefined) return;
      const dateMs = Date.parse(date);
      if (!Number.isNaN(dateMs)) told = { dateMs: dateMs + HALF_A_SECOND_MS, atMs: performance.now() };
    },
    now: () => (told === null ? null : told.dateMs + (performance.now() - told.atMs)),
  };
}
