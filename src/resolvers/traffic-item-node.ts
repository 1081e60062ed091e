import type { OperationContext } from '../context.ts';
import { dayOf } from '../domain/date-range.ts';
import type { TrafficQuery } from '../domain/list-query.ts';
import type { TrafficItem } from '../domain/traffic-item.ts';
import { MAX_PAGE_ROWS } from './page-window.ts';
import { trafficItemKey } from './traffic.ts';

const DAY_MS = 86_400_000;
/** How far back an item is looked for. */
const SEARCHED_DAYS = 366;
/** How many pages of one recipient's messages are looked through. */
export const MAX_SEARCHED_PAGES = 3;
const SEPARATOR = '|';

/**
 * The key in an item's `id`. The provider cannot be asked for one item, but its list can be narrowed to a recipient:
 * the recipient is part of the key, and of what the caller knows about the item anyway.
 */
export const trafficItemNodeKey = (item: TrafficItem): string =>
  [trafficItemKey(item), item.recipient].join(SEPARATOR);

/** Finds an item again by its key; null when it is not among its recipient's latest. */
export async function trafficItemByNodeKey(
  key: string,
  context: OperationContext,
): Promise<TrafficItem | null> {
  const separator = key.lastIndexOf(SEPARATOR);
  const itemKey = key.slice(0, separator);
  const query = recipientQuery(key.slice(separator + 1), context.clock.now());
  for (let page = 1; page <= MAX_SEARCHED_PAGES; page += 1) {
    const found = await context.provider.listTraffic(query, { page, limit: MAX_PAGE_ROWS });
    const item = found.rows.find((row) => trafficItemKey(row) === itemKey);
    if (item !== undefined) return item;
    if (page >= found.totalPages) return null;
  }
  return null;
}

function recipientQuery(recipient: string, nowMs: number): TrafficQuery {
  return {
    range: { from: dayOf(nowMs - SEARCHED_DAYS * DAY_MS), to: dayOf(nowMs) },
    phoneContains: recipient,
    statusGroup: null,
    country: null,
    sender: null,
    source: 'ALL',
  };
}
