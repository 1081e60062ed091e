import { setTimeout as pause } from 'node:timers/promises';
import { openFeed, whenSeen } from './feed-subscribers.ts';
import { judgeResume } from './judge-resume.ts';
import { type ReplicaSet, type Restart, WEBHOOK_SECRET } from './replica-set.ts';
import { inReplicaWorld } from './replica-world.ts';
import { createPoster } from './report-poster.ts';
import type { TortureResult } from './scenario.ts';
import { startStatusFollowers } from './status-followers.ts';

export interface ResumeOptions {
  readonly replicas: number;
  /** Subscribers to the feed of reports over WebSocket and over SSE, and such that follow single messages. */
  readonly sockets: number;
  readonly streams: number;
  readonly followers: number;
  readonly reportsPerSecond: number;
  /** One restart for each, of the replicas in turn. */
  readonly signals: readonly NodeJS.Signals[];
  /** Between two restarts; and of a drain, how long it is announced before. */
  readonly pauseMs: number;
  readonly noticeMs: number;
  readonly log: (line: string) => void;
}

const MAX_REPORTS = 200_000;

/** Replicas are restarted one after the other under reports and subscribers; then everybody must have seen everything. */
export function resumeSubscribers(options: ResumeOptions): Promise<TortureResult> {
  const env = { DRAIN_NOTICE_MS: String(options.noticeMs) };
  const world = { engine: 'redis', replicas: options.replicas, env } as const;
  return inReplicaWorld(world, ({ replicas }) => torture(replicas, options));
}

async function torture(replicas: ReplicaSet, options: ResumeOptions): Promise<TortureResult> {
  const { reportsPerSecond: perSecond, followers: count, log } = options;
  const poster = createPoster({ replicas, secret: WEBHOOK_SECRET, perSecond, maxReports: MAX_REPORTS });
  const ends = new Map<string, number>();
  const onEnd = (how: string) => void ends.set(how, (ends.get(how) ?? 0) + 1);
  const feed = await openFeed({ ...options, replicas, poster, maxReports: MAX_REPORTS, onEnd });
  log(`${feed.clients.length} clients are subscribed to the feed`);
  poster.start();
  const beganAtMs = performance.now();
  const followers = startStatusFollowers({ count, replicas, frontier: poster.frontier, onEnd });
  const restarts = await restartInTurn(replicas, options);
  const statuses = await followers.finish();
  log(`${statuses.followed} messages were followed`);
  const acknowledged = await poster.stop();
  const perSecondReached = acknowledged / ((performance.now() - beganAtMs) / 1000);
  log(`${acknowledged} reports acknowledged, ${perSecondReached.toFixed(0)} a second`);
  await whenSeen(feed, acknowledged);
  await Promise.all(feed.clients.map((client) => client.stop()));
  return judgeResume({ feed, statuses, restarts, acknowledged, refused: poster.refused, ends });
}

async function restartInTurn(replicas: ReplicaSet, options: ResumeOptions): Promise<readonly Restart[]> {
  const restarts: Restart[] = [];
  for (const [index, signal] of options.signals.entries()) {
    await pause(options.pauseMs);
    const restart = await replicas.restart(index % replicas.size, signal);
    restarts.push(restart);
    options.log(
      `replica ${index % replicas.size} restarted by ${signal}: ended after ${restart.secondsToEnd.toFixed(2)} s`,
    );
  }
  await pause(options.pauseMs);
  return restarts;
}
