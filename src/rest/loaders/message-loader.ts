import DataLoader from 'dataloader';
import type { Message } from '../../domain/message.ts';
import { parseMessageId } from '../../domain/message-id.ts';
import { toError } from '../../domain/to-error.ts';
import { fetchMessage, listMessages } from '../areas/messages.ts';
import type { ProviderParts } from '../areas/provider-parts.ts';
import type { CallScope } from '../client/call.ts';
import { UpstreamContractError } from '../failures/failures.ts';
import { forEachBounded } from './for-each-bounded.ts';
import { groupByDay, lookUpDay, type ReadDayPage, type StampedId } from './history-lookup.ts';

/** Messages by id, for one operation: the ids of one tick are looked up together, in as few calls as can be. */
export type MessageLoader = DataLoader<string, Message | null>;

type Loaded = Map<string, Message | null | Error>;

const PAGE_SIZE = 100; // the most the provider gives
const SINGLE_CALLS_AT_ONCE = 10;
const DAYS_AT_ONCE = 4;

export function createMessageLoader(parts: ProviderParts, scope: CallScope): MessageLoader {
  const loadBatch = async (ids: readonly string[]) => {
    const loaded: Loaded = new Map();
    takeFromCache(ids, loaded, parts, scope);
    await lookUpInHistory(stillMissing(ids, loaded), loaded, parts, scope);
    await fetchSingly(stillMissing(ids, loaded), loaded, parts, scope);
    return ids.map((id) => loaded.get(id) ?? null);
  };
  // A subscription's operation lasts for days: what is known of a message is the message cache's to keep.
  return new DataLoader(loadBatch, { cache: false });
}

const stillMissing = (ids: readonly string[], loaded: Loaded): readonly string[] =>
  Array.from(new Set(ids)).filter((id) => !loaded.has(id));

function takeFromCache(
  ids: readonly string[],
  loaded: Loaded,
  { messages }: ProviderParts,
  { cost }: CallScope,
): void {
  for (const id of new Set(ids)) {
    const message = messages.get(id);
    if (message === undefined) continue;
    loaded.set(id, message);
    cost.cached += 1;
  }
}

async function lookUpInHistory(
  ids: readonly string[],
  loaded: Loaded,
  parts: ProviderParts,
  scope: CallScope,
): Promise<void> {
  const readPage: ReadDayPage = (day, page) => {
    const everything = { statusGroup: null, phoneContains: null, country: null, sender: null };
    const query = { range: { from: day, to: day }, ...everything };
    return listMessages(parts, scope, query, { page, limit: PAGE_SIZE });
  };
  await forEachBounded(groupByDay(ids.flatMap(toStampedId)), DAYS_AT_ONCE, async ([day, idsOfDay]) => {
    try {
      for (const message of await lookUpDay(day, idsOfDay, readPage)) loaded.set(message.messageId, message);
    } catch (error) {
      if (error instanceof UpstreamContractError) return; // single calls may still make sense
      for (const { messageId } of idsOfDay) loaded.set(messageId, toError(error));
    }
  });
}

function toStampedId(messageId: string): readonly StampedId[] {
  const parts = parseMessageId(messageId);
  return parts === null ? [] : [{ messageId, sentAtMs: parts.sentAtMs }];
}

async function fetchSingly(
  ids: readonly string[],
  loaded: Loaded,
  parts: ProviderParts,
  scope: CallScope,
): Promise<void> {
  if (ids.length === 0) return;
  // A reader of one message does not wait behind a reader of a hundred.
  const lane = scope.lane ?? (ids.length > 1 ? 'read' : null);
  const single: CallScope = { signal: scope.signal, cost: scope.cost, lane };
  await forEachBounded(ids, SINGLE_CALLS_AT_ONCE, async (id) => {
    loaded.set(id, await fetchMessage(parts, single, id).catch(toError));
  });
}
