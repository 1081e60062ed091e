import { setTimeout as pause } from 'node:timers/promises';
import { FEED_QUERY, type FeedData } from '../../test/support/follow-queries.ts';
import {
  type Subscribe,
  subscribeOverSocket,
  subscribeOverStream,
} from '../../test/support/subscribe-once.ts';
import { createEventTally, type EventTally } from './event-tally.ts';
import { boundOfNumbers, messageIdOf, messageOfId, STEPS } from './numbered-post.ts';
import type { ReplicaSet } from './replica-set.ts';
import type { ReportPoster } from './report-poster.ts';
import { type ResumingClient, startResumingClient } from './resuming-client.ts';

/** The subscribers to the feed of reports, and what they saw. */
export interface Feed {
  readonly clients: readonly ResumingClient[];
  readonly tally: EventTally;
}

export interface FeedOptions {
  readonly replicas: ReplicaSet;
  readonly poster: ReportPoster;
  /** Subscribers over WebSocket and over SSE. */
  readonly sockets: number;
  readonly streams: number;
  readonly maxReports: number;
  /** Told of each end of a connection. */
  readonly onEnd: (how: string) => void;
}

/** Every so many-th client stores its cursor late, and sees the last events twice. */
const FORGETFUL_EVERY = 10;
const EVENTS_FORGOTTEN = 20;
/** Messages from here on are reported until everybody is subscribed, and are not counted. */
const WARM_UP = 1_000_000;
const LOOK_EVERY_MS = 100;

/** So long without a new event is the end: what has not come by then is missing. */
const PATIENCE_MS = 15_000;

/** Resolves when every client has seen an event: from then on it has a cursor, and must not miss any. */
export async function openFeed(options: FeedOptions): Promise<Feed> {
  const { replicas, poster, sockets, streams, onEnd } = options;
  const tally = createEventTally(sockets + streams, boundOfNumbers(options.maxReports));
  const waiting = new Set<number>();
  const start = (subscribe: Subscribe, client: number) => {
    waiting.add(client);
    const take = (data: unknown): string => {
      const { cursor, report } = (data as FeedData).deliveryReportReceived;
      const message = messageOfId(report.messageId);
      if (message < WARM_UP) tally.take(client, message * STEPS.length + Number(report.statusCode), cursor);
      else waiting.delete(client);
      return cursor;
    };
    const eventsForgotten = client % FORGETFUL_EVERY === 0 ? EVENTS_FORGOTTEN : 0;
    const common = { replicas, firstReplica: client, query: FEED_QUERY, variables: {}, onEnd };
    return startResumingClient({ ...common, subscribe, eventsForgotten, take });
  };
  const clients = [
    ...Array.from({ length: sockets }, (_, index) => start(subscribeOverSocket, index)),
    ...Array.from({ length: streams }, (_, index) => start(subscribeOverStream, sockets + index)),
  ];
  for (let round = 0; waiting.size > 0; round += 1) {
    await poster.deliver({ messageId: messageIdOf(WARM_UP + round) });
    await pause(LOOK_EVERY_MS);
  }
  return { clients, tally };
}

/** Resolves when everybody has seen all, or nothing has come for long. */
export async function whenSeen({ clients, tally }: Feed, acknowledged: number): Promise<void> {
  const hasAll = () => clients.every((_client, index) => tally.seenBy(index) >= acknowledged);
  let events = -1;
  for (let lastMs = performance.now(); !hasAll() && performance.now() - lastMs < PATIENCE_MS; ) {
    if (tally.events !== events) lastMs = performance.now();
    events = tally.events;
    await pause(LOOK_EVERY_MS);
  }
}
