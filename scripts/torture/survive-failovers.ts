import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type RedisPair, startRedisPair } from '../../test/support/redis-pair.ts';
import { ageLedger } from './age-ledger.ts';
import { auditLog } from './audit-log.ts';
import { createCallers, type PatientCallers } from './patient-callers.ts';
import { type ReplicaSet, SETTINGS, startReplicas, WEBHOOK_SECRET } from './replica-set.ts';
import { createPoster, type ReportPoster } from './report-poster.ts';
import type { TortureResult } from './scenario.ts';
import { createSendBook, type SendBook } from './twice/keyed-sends.ts';
import { countSends, LONG_AFTER_MS } from './twice/run-twice-case.ts';
import { startWorstProvider, type WorstProvider } from './twice/worst-provider.ts';

export interface FailoversOptions {
  readonly promotions: number;
  readonly reportsPerSecond: number;
  readonly sendsPerSecond: number;
  /** Between two promotions. */
  readonly longestLifeMs: number;
  /** At the end, before time is moved on so far that the history proves what was not sent. */
  readonly patienceMs: number;
  readonly log: (line: string) => void;
}

/** Gateways that need a replica for each write, and one address of the primary. */
interface World {
  readonly pair: RedisPair;
  readonly provider: WorstProvider;
  readonly book: SendBook;
  readonly gateways: ReplicaSet;
}

/** What was acknowledged where, and how long nothing was. */
interface Meter {
  /** The longest time without since this was asked last. */
  takeLongestMs(): number;
  note(): void;
  /** Resolves when something is noted. */
  next(): Promise<void>;
}

const GATEWAYS = 2;
const WAYS = ['kill', 'demote', 'leave'] as const;
/** Every so many-th promotion begins with a replica that has everything. */
const UNPAUSED_EVERY = 4;
/** The address is served by this process: it must not be kept busy by posts that fail at once. */
const POST_AGAIN_MS = 1000;
const LONGEST_PAUSE_MS = 1200;
/** How late the address follows, and then the old primary. */
const LONGEST_LAG_MS = 600;
/** Much longer than a gateway may need to write again. */
const RECOVERED_WITHIN_MS = 120_000;
const SETTLED_BY_HISTORY_WITHIN_MS = 120_000;

/**
 * Promotes the replica again and again, under reports that are posted until they are taken and sends that are asked for until
 * their callers know. Nothing acknowledged may be lost, nothing may be there twice, and nobody may be texted twice.
 */
export async function surviveFailovers(options: FailoversOptions): Promise<TortureResult> {
  const closing: (() => Promise<void>)[] = [];
  try {
    return await torture(await openWorld(closing), options);
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

async function openWorld(closing: (() => Promise<void>)[]): Promise<World> {
  const pair = await startRedisPair();
  closing.push(() => pair.stop());
  const book = createSendBook();
  const provider = await startWorstProvider({
    keys: [{ key: SETTINGS.SMS_API_KEY }],
    onPost: book.noteOwner,
  });
  closing.push(() => provider.close());
  const addresses = { STORE_URL: `${pair.url}?replicas=1`, SMS_API_URL: provider.baseUrl };
  const gateways = await startReplicas(GATEWAYS, { ...addresses, GUARDS: 'off', READ_CACHE_TTL_MS: '0' });
  closing.push(() => gateways.stop());
  return { pair, provider, book, gateways };
}

async function torture(world: World, options: FailoversOptions): Promise<TortureResult> {
  const { pair, provider, gateways: replicas } = world;
  // Each gateway by itself: one that never comes back must not hide behind the other.
  const taken = new Map(
    Array.from({ length: replicas.size }, (_, index) => [replicas.urlOf(index), createMeter()]),
  );
  const known = createMeter();
  const poster = createPoster({
    replicas,
    secret: WEBHOOK_SECRET,
    perSecond: options.reportsPerSecond,
    retryMs: POST_AGAIN_MS,
    onTaken: (url) => taken.get(url)?.note(),
  });
  const callers = createCallers({
    ...world,
    replicas,
    perSecond: options.sendsPerSecond,
    onKnown: known.note,
  });
  poster.start();
  callers.start();
  const meters = [...taken.values(), known];
  await nextOf(meters, 'the start');
  for (const meter of meters) meter.takeLongestMs();

  const longest = { reportMs: 0, sendMs: 0 };
  let lostByRedis = 0;
  for (let round = 1; round <= options.promotions; round += 1) {
    await pause(randomInt(options.longestLifeMs));
    const { how, onlyOnOld } = await failOver(pair, round);
    lostByRedis += onlyOnOld;
    await nextOf(meters, how);
    const reportMs = Math.max(...Array.from(taken.values(), (meter) => meter.takeLongestMs()));
    const sendMs = known.takeLongestMs();
    longest.reportMs = Math.max(longest.reportMs, reportMs);
    longest.sendMs = Math.max(longest.sendMs, sendMs);
    options.log(
      `${round}: ${how}, ${onlyOnOld} reports that the old primary alone had; nothing acknowledged for ${seconds(reportMs)}, no send for ${seconds(sendMs)}`,
    );
  }
  return judge(world, await finish(world, poster, callers, options.patienceMs), {
    promotions: options.promotions,
    'reports that only an old primary had': lostByRedis,
    'longest time in which a gateway acknowledged no report': seconds(longest.reportMs),
    'longest time in which no send was told to its caller': seconds(longest.sendMs),
    'posts answered 503': poster.unavailable,
    'posts not taken, all together': poster.refused,
    'posts of sends to the provider': provider.posts.length,
  });
}

/** One promotion, from the loss of the replica on to the old primary that follows the new one. */
async function failOver(pair: RedisPair, round: number) {
  const way = WAYS[round % WAYS.length] ?? 'kill';
  const isPaused = round % UNPAUSED_EVERY !== 0;
  const countReports = async (side: 'primary' | 'replica') =>
    Number(await pair.command(side, 'XLEN', 'sms-gateway:log'));
  if (isPaused) {
    pair.pauseReplica();
    await pause(randomInt(LONGEST_PAUSE_MS));
  }
  const before = await countReports('primary');
  await pair.promote(way);
  const after = await countReports('replica');
  await pause(randomInt(LONGEST_LAG_MS));
  pair.pointAt('replica', way === 'kill' ? 'cut' : 'keep');
  await pause(randomInt(LONGEST_LAG_MS));
  await pair.rejoin();
  return { how: isPaused ? `${way}, replica paused` : way, onlyOnOld: Math.max(0, before - after) };
}

/** Writes must work again by themselves, at every gateway. */
async function nextOf(meters: readonly Meter[], after: string): Promise<void> {
  const waiting = new AbortController();
  const { signal } = waiting;
  const tooLate = pause(RECOVERED_WITHIN_MS, undefined, { signal }).then(() => {
    throw new Error(`After ${after} a gateway acknowledged nothing for ${seconds(RECOVERED_WITHIN_MS)}.`);
  });
  await Promise.race([Promise.all(meters.map((meter) => meter.next())), tooLate]);
  waiting.abort();
}

function createMeter(): Meter {
  let lastMs = performance.now();
  let longestMs = 0;
  let waiting: (() => void)[] = [];
  return {
    takeLongestMs() {
      const taken = longestMs;
      longestMs = 0;
      return taken;
    },
    note() {
      const nowMs = performance.now();
      longestMs = Math.max(longestMs, nowMs - lastMs);
      lastMs = nowMs;
      for (const resolve of waiting) resolve();
      waiting = [];
    },
    next: () => new Promise((resolve) => void waiting.push(resolve)),
  };
}

/** All that was posted is taken, and all callers know: at last by what the history says long after. */
async function finish(
  { pair, provider }: World,
  poster: ReportPoster,
  callers: PatientCallers,
  patienceMs: number,
) {
  callers.stop();
  const acknowledged = await poster.stop();
  const unknownAtFirst = await callers.settle(patienceMs);
  if (unknownAtFirst > 0) {
    provider.clock.aheadMs += LONG_AFTER_MS;
    await ageLedger(pair.url, LONG_AFTER_MS);
  }
  const stillUnknown = await callers.settle(SETTLED_BY_HISTORY_WITHIN_MS);
  callers.end();
  return { acknowledged, unknownAtFirst, stillUnknown, answers: callers.answers };
}

async function judge(
  world: World,
  { acknowledged, unknownAtFirst, stillUnknown, answers }: Awaited<ReturnType<typeof finish>>,
  counts: TortureResult['counts'],
): Promise<TortureResult> {
  await world.gateways.stop();
  const audit = await auditLog(world.pair.url, acknowledged);
  const sends = countSends(world);
  const wrong = [audit.lost, audit.twice, sends.doubles, sends['wrongly told'], stillUnknown];
  return {
    isPassed: wrong.every((count) => count === 0),
    counts: {
      ...counts,
      acknowledged,
      'in the log': audit.inLog,
      lost: audit.lost,
      twice: audit.twice,
      keys: sends.keys,
      accepted: sends.accepted,
      doubles: sends.doubles,
      'told another message': sends['wrongly told'],
      'answers that it was sent': answers.sent,
      'answers that it is safe to retry': answers.safeToRetry,
      'answers that the outcome is unknown': answers.unknown,
      'answers that the gateway is overloaded': answers.overloaded,
      'other answers': answers.other,
      'known only by the history long after': unknownAtFirst,
      'still unknown': stillUnknown,
    },
  };
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
