import type { Feed } from './feed-subscribers.ts';
import type { Restart } from './replica-set.ts';
import type { TortureResult } from './scenario.ts';
import type { StatusCounts } from './status-followers.ts';

const LONGEST_DRAIN_SECONDS = 25;

/** What a run came to. */
export interface SeenRun {
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

export function judgeResume({
  feed,
  statuses,
  restarts,
  acknowledged,
  refused,
  ends,
}: SeenRun): TortureResult {
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
