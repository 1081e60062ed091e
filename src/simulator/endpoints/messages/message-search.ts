import type { PageParameters } from '../../api/paging.ts';
import { lowerBound, type MessageJournal } from '../../messages/message-journal.ts';
import type { MessageRecord } from '../../messages/message-record.ts';
import type { MessageFilter, MessagePredicate } from './message-filter.ts';

/** The messages of a journal that a filter lets through. */
interface Candidates {
  readonly records: readonly MessageRecord[];
  /** Indexes of the range of days: found by bisection, not by looking at every message. */
  readonly from: number;
  readonly until: number;
  /** Null: every message in the range fits. */
  readonly fits: MessagePredicate | null;
}

function candidatesOf(journal: MessageJournal, filter: MessageFilter): Candidates {
  const records = filter.source === 'api' ? journal.api : journal.all;
  const predicates: MessagePredicate[] = [...filter.predicates];
  if (filter.source === 'broadcasts') predicates.unshift(({ source }) => source === 'campaign');
  return {
    records,
    from: lowerBound(records, filter.range.fromMs),
    until: lowerBound(records, filter.range.untilMs),
    fits: predicates.length === 0 ? null : (message) => predicates.every((holds) => holds(message)),
  };
}

/** Newest first. Messages that arrive meanwhile do not show up. */
export function* newestFirst(journal: MessageJournal, filter: MessageFilter): Generator<MessageRecord> {
  const { records, from, until, fits } = candidatesOf(journal, filter);
  for (const record of records.slice(from, until).reverse()) {
    if (fits === null || fits(record)) yield record;
  }
}

export interface MessagePage {
  readonly rows: readonly MessageRecord[];
  readonly total: number;
}

/** One offset page, newest first; `page` counts from 1. */
export function findPage(
  journal: MessageJournal,
  filter: MessageFilter,
  { page, limit }: PageParameters,
): MessagePage {
  const { records, from, until, fits } = candidatesOf(journal, filter);
  const skipped = (page - 1) * limit;
  if (fits === null) {
    const end = Math.max(from, until - skipped);
    return { rows: records.slice(Math.max(from, end - limit), end).reverse(), total: until - from };
  }
  const matching: MessageRecord[] = [];
  let total = 0;
  for (let index = until - 1; index >= from; index -= 1) {
    const record = records[index];
    if (record === undefined || !fits(record)) continue;
    if (total >= skipped && matching.length < limit) matching.push(record);
    total += 1;
  }
  return { rows: matching, total };
}
