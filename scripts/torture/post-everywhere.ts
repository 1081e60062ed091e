import { readMetric } from '../support/read-metric.ts';
import { auditLog } from './audit-log.ts';
import { openFeed, whenSeen } from './feed-subscribers.ts';
import { type ReplicaSet, WEBHOOK_SECRET } from './replica-set.ts';
import { inReplicaWorld, type ReplicaWorld } from './replica-world.ts';
import { createPoster, whenAcknowledged } from './report-poster.ts';
import type { TortureResult } from './scenario.ts';

export interface PostEverywhereOptions {
  readonly replicas: number;
  readonly reports: number;
  readonly reportsPerSecond: number;
}

/** Each report is posted to every replica at the same time, and one subscriber listens at each. */
export const postEverywhere = (options: PostEverywhereOptions): Promise<TortureResult> =>
  inReplicaWorld({ ...options, engine: 'redis' }, (world) => torture(world, options));

async function torture(
  { replicas, storeUrl }: ReplicaWorld,
  { reports, reportsPerSecond: perSecond }: PostEverywhereOptions,
): Promise<TortureResult> {
  const common = { replicas, maxReports: reports };
  const poster = createPoster({ ...common, secret: WEBHOOK_SECRET, perSecond, to: 'every' });
  const feed = await openFeed({ ...common, poster, sockets: replicas.size, streams: 0, onEnd: () => {} });
  poster.start();
  await whenAcknowledged(poster, reports);
  await poster.stop();
  await whenSeen(feed, reports);
  await Promise.all(feed.clients.map((client) => client.stop()));
  const appended = await countPosts(replicas, 'appended');
  const duplicates = await countPosts(replicas, 'duplicate');
  const audit = await auditLog(storeUrl, reports);
  const { tally } = feed;
  const missing = feed.clients.reduce((sum, _client, index) => sum + reports - tally.seenBy(index), 0);
  return {
    isPassed:
      audit.lost + audit.twice + missing + tally.duplicates === 0 &&
      appended === audit.inLog &&
      duplicates >= audit.inLog * (replicas.size - 1),
    counts: {
      replicas: replicas.size,
      'reports, each posted to all': reports,
      'posts told to be new': appended,
      'posts told to be duplicates': duplicates,
      'posts refused and repeated': poster.refused,
      'in the log, the first ones that open the subscriptions included': audit.inLog,
      lost: audit.lost,
      twice: audit.twice,
      'events in all': tally.events,
      'events missing': missing,
      'events twice': tally.duplicates,
    },
  };
}

/** What the replicas say of the posts they took, all together. */
async function countPosts(replicas: ReplicaSet, verdict: 'appended' | 'duplicate'): Promise<number> {
  const name = `gateway_webhooks_total{verdict="${verdict}"}`;
  const counting = Array.from({ length: replicas.size }, (_, index) =>
    readMetric(replicas.urlOf(index), name),
  );
  return (await Promise.all(counting)).reduce((sum, count) => sum + count, 0);
}
