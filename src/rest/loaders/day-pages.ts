import type { OffsetPage } from '../../domain/list-query.ts';
import type { Message } from '../../domain/message.ts';

/** What was learned of one day's history by reading some of its pages, newest rows first. */
export interface DayPages {
  note(page: number, answer: OffsetPage<Message>): void;
  /** Where a message of this instant can still be. */
  placeOf(sentAtMs: number): Place;
}

/** A stretch of the history: pages that were not read yet, between two that were. */
export interface Place {
  /** Not read yet, in order; none: it is not where it should be. */
  readonly pages: readonly number[];
  /** The page where it most likely is. */
  readonly likely: number | undefined;
  /** How long a time one page of the stretch covers on average. */
  readonly pageSpanMs: number;
}

interface NotedPage {
  readonly page: number;
  readonly newestMs: number;
  readonly oldestMs: number;
}

/** `created_at` has whole seconds and is written a moment after the id was made. */
const TOLERANCE_MS = 2000;

export function createDayPages(dayStartMs: number): DayPages {
  const noted: NotedPage[] = [];
  const visited = new Set<number>();
  let totalPages = 0;

  /** The stretch between the last page that is wholly newer and the first that is wholly older. */
  function stretchAround(sentAtMs: number): { readonly newer: NotedPage; readonly older: NotedPage } {
    let newer: NotedPage = { page: 0, newestMs: Number.NaN, oldestMs: noted[0]?.newestMs ?? sentAtMs };
    let older: NotedPage = { page: totalPages + 1, newestMs: dayStartMs, oldestMs: Number.NaN };
    for (const page of noted) {
      if (page.oldestMs > sentAtMs + TOLERANCE_MS && page.page > newer.page) newer = page;
      if (page.newestMs < sentAtMs - TOLERANCE_MS && page.page < older.page) older = page;
    }
    return { newer, older };
  }

  return {
    note(page, { rows, totalPages: total }) {
      visited.add(page);
      totalPages = total;
      const [newest, oldest] = [rows[0], rows.at(-1)];
      if (newest === undefined || oldest === undefined) return;
      noted.push({ page, newestMs: Date.parse(newest.createdAt), oldestMs: Date.parse(oldest.createdAt) });
    },
    placeOf(sentAtMs) {
      const { newer, older } = stretchAround(sentAtMs);
      const length = Math.max(0, older.page - newer.page - 1);
      const pages = Array.from({ length }, (_, index) => newer.page + 1 + index).filter(
        (page) => !visited.has(page),
      );
      const spanMs = Math.max(1, newer.oldestMs - older.newestMs);
      // Messages are taken to come evenly, and every other time not: a day of all its messages in one hour would
      // otherwise be read page by page. Halving the stretch finds any page in twice the logarithm.
      const evenShare = Math.min(1, Math.max(0, (newer.oldestMs - sentAtMs) / spanMs));
      const share = noted.length % 2 === 1 ? evenShare : 0.5;
      const guess = newer.page + 1 + Math.floor(share * length);
      const likely = pages.toSorted((left, right) => Math.abs(left - guess) - Math.abs(right - guess))[0];
      return { pages, likely, pageSpanMs: spanMs / Math.max(1, length) };
    },
  };
}
