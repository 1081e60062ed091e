import type { Clock } from '../../domain/clock.ts';
import type { Logger } from '../../logger.ts';
import type { MessageCache } from '../cache/message-cache.ts';
import type { ReadCache } from '../cache/read-cache.ts';
import { type CallScope, laneOf, type UpstreamAnswer, type UpstreamCall } from '../client/call.ts';
import type { UpstreamClient } from '../client/client.ts';
import type { RowReader } from '../wire/rows.ts';

/** What one workspace's areas share for the length of the process. */
export interface ProviderParts {
  readonly workspace: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly client: UpstreamClient;
  readonly reads: ReadCache;
  /** Apart, because prices are kept much longer. */
  readonly priceReads: ReadCache;
  readonly messages: MessageCache;
  readonly rows: RowReader;
}

export interface ReadOptions {
  readonly isFresh?: boolean | undefined;
}

/** Reads through the cache; `read` turns the answer into what is kept, so that it is done once for all who share it. */
export function cachedRead<Result>(
  { client, reads }: Pick<ProviderParts, 'client' | 'reads'>,
  scope: CallScope,
  call: UpstreamCall,
  how: ReadOptions & { readonly read: (answer: UpstreamAnswer) => Result },
): Promise<Result> {
  const load = async (shared: CallScope) => how.read(await client.call(call, shared));
  const key = call.query === '' ? call.path : `${call.path}?${call.query}`;
  return reads.read({ key, lane: laneOf(call, scope), isFresh: how.isFresh === true, load }, scope);
}
