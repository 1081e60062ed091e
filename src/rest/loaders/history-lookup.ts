import { dayOf } from '../../domain/date-range.ts';
import type { CalendarDate, OffsetPage } from '../../domain/list-query.ts';
import type { Message } from '../../domain/message.ts';
import { createDayPages, type DayPages, type Place } from './day-pages.ts';

/** An id whose own stamp tells when it was sent. */
export interface StampedId {
  readonly messageId: string;
  readonly sentAtMs: number;
}

/** Reads a page of 100 of one UTC day's history, newest first. */
export type ReadDayPage = (day: CalendarDate, page: number) => Promise<OffsetPage<Message>>;

/** Fewer ids of one day are asked for one by one: the page might hold none of them. */
const MIN_IDS_OF_A_DAY = 3;

/** Groups ids by the UTC day they were sent on; days too thin to be worth a page are left out. */
export function groupByDay(ids: readonly StampedId[]): ReadonlyMap<CalendarDate, readonly StampedId[]> {
  const days = new Map<CalendarDate, StampedId[]>();
  for (const id of ids) {
    const day = dayOf(id.sentAtMs);
    const idsOfDay = days.get(day);
    if (idsOfDay === undefined) days.set(day, [id]);
    else idsOfDay.push(id);
  }
  return new Map(Array.from(days).filter(([, idsOfDay]) => idsOfDay.length >= MIN_IDS_OF_A_DAY));
}

/**
 * Looks messages of one day up by paging its history, as long as the next page is likely to cost less than asking for what it
 * holds one by one. What is not found is left to the caller, who asks for it singly.
 */
export async function lookUpDay(
  day: CalendarDate,
  ids: readonly StampedId[],
  readPage: ReadDayPage,
): Promise<readonly Message[]> {
  const pages = createDayPages(Date.parse(`${day}T00:00:00Z`));
  const wanted = new Set(ids.map(({ messageId }) => messageId));
  const missing = new Map(ids.map(({ messageId, sentAtMs }) => [messageId, sentAtMs]));
  const found: Message[] = [];
  for (let next: number | null = 1; next !== null; next = nextPage(missing, pages)) {
    const answer = await readPage(day, next);
    pages.note(next, answer);
    for (const row of answer.rows) {
      missing.delete(row.messageId);
      if (wanted.delete(row.messageId)) found.push(row);
    }
  }
  return found;
}

/** The page to read next; null when none is worth its call. Ids that no page is worth are taken off the list. */
function nextPage(missing: Map<string, number>, pages: DayPages): number | null {
  while (missing.size > 0) {
    const newestMs = Math.max(...missing.values());
    const place = pages.placeOf(newestMs);
    const neighbours = Array.from(missing).filter(([, sentAtMs]) => sentAtMs >= newestMs - place.pageSpanMs);
    if (place.likely !== undefined && callsToFind(place) < neighbours.length) return place.likely;
    for (const [messageId] of neighbours) missing.delete(messageId);
  }
  return null;
}

/** Calls it takes to find a page among some, narrowing down. */
const callsToFind = ({ pages }: Place): number => 1 + Math.floor(Math.log2(pages.length));
