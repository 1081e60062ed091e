import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { auditLog } from './audit-log.ts';
import { WEBHOOK_SECRET } from './replica-set.ts';
import { type Engine, inReplicaWorld, type ReplicaWorld } from './replica-world.ts';
import { createPoster, whenAcknowledged } from './report-poster.ts';
import type { TortureResult } from './scenario.ts';

export interface CrashOptions {
  readonly engine: Engine;
  /** What is killed. */
  readonly victim: 'gateway' | 'redis';
  readonly replicas: number;
  readonly kills: number;
  readonly reportsPerSecond: number;
  readonly log: (line: string) => void;
}

const LONGEST_LIFE_MS = 500;
/** Every so many-th kill is followed by one of the gateway that starts in its place, at a moment of its start. */
const EARLY_DEATH_EVERY = 10;
const LONGEST_START_MS = 800;
const TELL_EVERY = 10;

/** `kill -9` at random moments while signed reports come in; then all that was acknowledged must be in the log, once. */
export const crashUnderLoad = (options: CrashOptions): Promise<TortureResult> =>
  inReplicaWorld(options, (world) => torture(world, options));

async function torture(world: ReplicaWorld, options: CrashOptions): Promise<TortureResult> {
  const { replicas, storeUrl } = world;
  const poster = createPoster({ replicas, secret: WEBHOOK_SECRET, perSecond: options.reportsPerSecond });
  let hits = 0;
  poster.start();
  const beganAtMs = performance.now();
  for (let round = 1; round <= options.kills; round += 1) {
    await whenAcknowledged(poster, poster.acknowledged + 1);
    await pause(randomInt(LONGEST_LIFE_MS));
    if (poster.unanswered > 0) hits += 1;
    await strike(world, options.victim, round);
    if (round % TELL_EVERY === 0) options.log(`${round} kills, ${poster.acknowledged} acknowledged`);
  }
  const acknowledged = await poster.stop();
  const perSecond = acknowledged / ((performance.now() - beganAtMs) / 1000);
  await replicas.stop();
  const audit = await auditLog(storeUrl, acknowledged);
  return {
    isPassed: audit.lost === 0 && audit.twice === 0 && audit.inLog === acknowledged,
    counts: {
      kills: options.kills,
      acknowledged,
      'acknowledged a second, outages included': perSecond.toFixed(0),
      'posts refused and repeated': poster.refused,
      'kills that hit reports under way': hits,
      'in the log': audit.inLog,
      lost: audit.lost,
      twice: audit.twice,
    },
  };
}

async function strike({ replicas, redis }: ReplicaWorld, victim: CrashOptions['victim'], round: number) {
  if (victim === 'redis') {
    await redis?.kill();
    await redis?.restart();
    return;
  }
  const index = randomInt(replicas.size);
  if (round % EARLY_DEATH_EVERY === 0) await replicas.restartTwice(index, randomInt(LONGEST_START_MS));
  else await replicas.restart(index, 'SIGKILL');
}
