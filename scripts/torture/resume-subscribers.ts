import { setTimeout as pause } from 'node:timers/promises';
import { FEED_QUERY, type FeedData } from '../../test/support/follow-queries.ts';
import { startRedisServer } from '../../test/support/redis-server.ts';
import { startSentProvider } from '../../test/support/sent-provider.ts';
import {
  type Subscribe,
  subscribeOverSocket,
  subscribeOverStream,
} from '../../test/support/subscribe-once.ts';
import { createEventTally, type EventTally } from './event-tally.ts';
import { boundOfNumbers, messageIdOf, messageOfId, STEPS } from './numbered-post.ts';
import { type ReplicaSet, type Restart, startReplicas } from './replica-set.ts';
import { createPoster, type ReportPoster } from './report-poster.ts';
import { type ResumingClient, startResumingClient } from './resuming-client.ts';
import type { TortureResult } from './scenario.ts';
import { type StatusCounts, startStatusFollowers } from './status-followers.ts';

export interface ResumeOptions {
  readonly replicas: number;
  /** Subscribers to the feed of reports over WebSocket and over SSE, and such that follow single messages. */
  readonly sockets: number;
  readonly streams: number;
  readonly followers: number;
  readonly reportsPerSecond: number;
  /** One restart for each, of the replicas in turn. */
  readonly signals: readonly NodeJS.Signals[];
  readonly log: (line: string) => void;
}

const SECRET = 'a secret of the torture';
const MAX_REPORTS = 200_000;
/** Every so many-th client stores its cursor late, and sees the last events twice. */
const FORGETFUL_EVERY = 10;
const EVENTS_FORGOTTEN = 20;
const PAUSE_BETWEEN_MS = 1000;
/** So long without a new event is the end: what has not come by then is missing. */
const PATIENCE_MS = 15_000;
const LONGEST_DRAIN_SECONDS = 25;

/** Replicas are restarted one after the other under reports and subscribers; then everybody must have seen everything. */
export async function resumeSubscribers(options: ResumeOptions): Promise<TortureResult> {
  const redis = await startRedisServer();
  const provider = await startSentProvider();
  try {
    const replicas = await startReplicas(options.replicas, {
      STORE_URL: redis.url,
      SMS_API_URL: provider.baseUrl,
      SMS_API_KEY: 'sk_prod_torture',
      WEBHOOK_SECRETS: SECRET,
      AUTH: 'none',
      LIMIT_SOCKETS_PER_CALLER: '10000',
      LIMIT_STREAMS_PER_CALLER: '10000',
    });
    try {
      return await torture(replicas, options);
    } finally {
      await replicas.stop();
    }
  } finally {
    await provider.close();
    await redis.stop();
  }
}

async function torture(replicas: ReplicaSet, options: ResumeOptions): Promise<TortureResult> {
  const { reportsPerSecond: perSecond, followers: count, log } = options;
  const poster = createPoster({ replicas, secret: SECRET, perSecond, maxReports: MAX_REPORTS });
  const ends = new Map<string, number>();
  const onEnd = (how: string) => void ends.set(how, (ends.get(how) ?? 0) + 1);
  const feed = await openFeed(replicas, poster, { ...options, onEnd });
  log(`${feed.clients.length} clients are subscribed to the feed`);
  poster.start();
  const beganAtMs = performance.now();
  const followers = startStatusFollowers({ count, replicas, frontier: poster.frontier, onEnd });
  const restarts = await restartInTurn(replicas, options);
  const statuses = await followers.finish();
  const acknowledged = await poster.stop();
  const perSecondReached = acknowledged / ((performance.now() - beganAtMs) / 1000);
  log(`${acknowledged} reports acknowledged, ${perSecondReached.toFixed(0)} a second`);
  await whenSeen(feed, acknowledged);
  await Promise.all(feed.clients.map((client) => client.stop()));
  return judge({ feed, statuses, restarts, acknowledged, refused: poster.refused, ends });
}

interface Feed {
  readonly clients: readonly ResumingClient[];
  readonly tally: EventTally;
}

interface FeedOptions extends ResumeOptions {
  readonly onEnd: (how: string) => void;
}

/** Resolves when every client has seen an event: from then on it has a cursor, and must not miss any. */
async function openFeed(replicas: ReplicaSet, poster: ReportPoster, options: FeedOptions): Promise<Feed> {
  const { sockets, streams, onEnd } = options;
  const tally = createEventTally(sockets + streams, boundOfNumbers(MAX_REPORTS));
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
    await pause(WARM_UP_PAUSE_MS);
  }
  return { clients, tally };
}

/** Messages from here on are reported until everybody is subscribed, and are not counted. */
const WARM_UP = 1_000_000;
const WARM_UP_PAUSE_MS = 100;

async function restartInTurn(replicas: ReplicaSet, options: ResumeOptions): Promise<readonly Restart[]> {
  const restarts: Restart[] = [];
  for (const [index, signal] of options.signals.entries()) {
    await pause(PAUSE_BETWEEN_MS);
    const restart = await replicas.restart(index % replicas.size, signal);
    restarts.push(restart);
    options.log(
      `replica ${index % replicas.size} restarted by ${signal}: ended after ${restart.secondsToEnd.toFixed(2)} s`,
    );
  }
  await pause(PAUSE_BETWEEN_MS);
  return restarts;
}

/** Resolves when everybody has seen all, or nothing has come for long. */
async function whenSeen({ clients, tally }: Feed, acknowledged: number): Promise<void> {
  const hasAll = () => clients.every((_client, index) => tally.seenBy(index) >= acknowledged);
  let events = -1;
  for (let lastMs = performance.now(); !hasAll() && performance.now() - lastMs < PATIENCE_MS; ) {
    if (tally.events !== events) lastMs = performance.now();
    events = tally.events;
    await pause(WARM_UP_PAUSE_MS);
  }
}

interface Seen {
  readonly feed: Feed;
  readonly statuses: StatusCounts;
  readonly restarts: readonly Restart[];
  readonly acknowledged: number;
  readonly refused: number;
  readonly ends: ReadonlyMap<string, number>;
}

/** Whatever else ends a subscription would have made a client give up. */
const GOOD_ENDS = [
  'closed 1013',
  'closed 4408',
  'OVERLOADED',
  'UPSTREAM_UNAVAILABLE',
  'closed 1001',
  'closed 1006',
  'closed 1012',
  'ended',
  'unreachable',
  'complete',
  'SLOW_CONSUMER',
];

function judge({ feed, statuses, restarts, acknowledged, refused, ends }: Seen): TortureResult {
  const { clients, tally } = feed;
  const seen = clients.map((_client, index) => tally.seenBy(index));
  const missing = seen.reduce((sum, count) => sum + acknowledged - count, 0);
  const badEnds = [...ends.keys()].filter((how) => !GOOD_ENDS.includes(how));
  const isDrained = restarts.every(
    ({ exitCode, secondsToEnd }) => (exitCode ?? 0) === 0 && secondsToEnd < LONGEST_DRAIN_SECONDS,
  );
  const faults =
    missing + tally.otherCursors + tally.outOfOrder + statuses.wrong + statuses.unfinished + badEnds.length;
  return {
    isPassed: faults === 0 && isDrained && acknowledged > 0,
    counts: {
      'reports acknowledged': acknowledged,
      'posts refused and repeated': refused,
      'feed subscribers': clients.length,
      'events per subscriber': `${Math.min(...seen)} to ${Math.max(...seen)}`,
      'events in all': tally.events,
      missing,
      'duplicates, with the same cursor': tally.duplicates,
      'events under two cursors': tally.otherCursors,
      'out of order': tally.outOfOrder,
      'messages followed to their end': statuses.followed - statuses.unfinished,
      'messages left without an end': statuses.unfinished,
      'status changes': statuses.events,
      'status changes repeated': statuses.duplicates,
      'status changes missing or out of order': statuses.wrong,
      'connections ended': [...ends].map(([how, count]) => `${how}: ${count}`).join(', '),
      'seconds to end': restarts.map(({ secondsToEnd }) => secondsToEnd.toFixed(2)).join(' '),
      'exit codes': restarts.map(({ exitCode }) => exitCode ?? 'killed').join(' '),
    },
  };
}
