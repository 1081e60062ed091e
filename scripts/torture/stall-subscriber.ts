import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { pino } from 'pino';
import { systemClock } from '../../src/domain/clock.ts';
import { EVERY_REPORT } from '../../src/domain/delivery-report-filter.ts';
import { SlowConsumerError } from '../../src/domain/errors.ts';
import { createTokenSealer } from '../../src/domain/sealed-token.ts';
import { createMetrics } from '../../src/metrics.ts';
import { openEmbeddedStore } from '../../src/store/embedded/open-embedded-store.ts';
import type { Store } from '../../src/store/store.ts';
import { createHub } from '../../src/subscriptions/create-hub.ts';
import { followReports } from '../../src/subscriptions/follow-reports.ts';
import type { Hub } from '../../src/subscriptions/hub.ts';
import { numberedReport } from './numbered-report.ts';
import type { TortureResult } from './scenario.ts';

export interface StallOptions {
  readonly subscribers: number;
  readonly reportsPerSecond: number;
  readonly seconds: number;
  readonly log: (line: string) => void;
}

const WORKSPACE = 'main';
const TICK_MS = 20;
const PHASE_SECONDS = 5;
const sealer = createTokenSealer('a secret of the torture', 'event-cursor/1');

/** What the subscribers of one phase saw. */
interface Phase {
  readonly delivered: number;
  readonly p99Ms: number;
}

/** What was seen without a stalled subscriber, and beside one. */
interface Seen {
  readonly alone: Phase[];
  readonly together: Phase[];
  /** Stalled subscribers that were ended as slow. */
  ended: number;
}

/**
 * One subscriber takes one event and no more, while many others take all. Phases without it and with it take turns, so that
 * a machine that is busy with something else is slow in both.
 */
export async function stallSubscriber(options: StallOptions): Promise<TortureResult> {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-stall-'));
  const store = await openEmbeddedStore(folder, systemClock);
  const metrics = createMetrics({ process: false });
  const hub = await createHub({ log: store.log, logger: pino({ level: 'silent' }), metrics });
  const world = { store, hub, nextNumber: 0 };
  const seen: Seen = { alone: [], together: [], ended: 0 };
  try {
    await runPhase({ ...options, seconds: 1 }, world); // warms up
    const heapBefore = heapMiB();
    const rounds = Math.ceil(options.seconds / PHASE_SECONDS);
    for (let round = 1; round <= rounds; round += 1) {
      const phase = { ...options, seconds: options.seconds / rounds };
      seen.alone.push(await runPhase(phase, world));
      seen.together.push(await runStalledPhase(phase, world, seen));
      options.log(`${round * PHASE_SECONDS} s: ${hub.subscriberCount} left behind`);
    }
    return judge(options, seen, heapMiB() - heapBefore);
  } finally {
    await hub.close();
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
}

interface World {
  readonly store: Store;
  readonly hub: Hub;
  nextNumber: number;
}

async function runStalledPhase(options: StallOptions, world: World, seen: Seen): Promise<Phase> {
  const stalled = await follow(world.store, world.hub);
  const first = stalled.next();
  const phase = await runPhase(options, world);
  await first;
  const end = await stalled.next().catch((error: unknown) => error);
  if (end instanceof SlowConsumerError) seen.ended += 1;
  return phase;
}

const follow = (store: Store, hub: Hub) =>
  followReports({
    ...{ workspace: WORKSPACE, filter: EVERY_REPORT, after: null, hub, log: store.log, sealer },
    signal: new AbortController().signal,
  });

async function runPhase(options: StallOptions, world: World): Promise<Phase> {
  const { subscribers, reportsPerSecond, seconds } = options;
  const { store, hub } = world;
  const total = Math.round(reportsPerSecond * seconds);
  const latencies: number[] = [];
  const sentAtMs = new Map<string, number>();
  let delivered = 0;
  const sources = await Promise.all(Array.from({ length: subscribers }, () => follow(store, hub)));
  const consuming = sources.map(async (source, index) => {
    for (let taken = 0; taken < total; taken += 1) {
      const { value } = await source.next();
      delivered += 1;
      if (index === 0) latencies.push(performance.now() - (sentAtMs.get(value.report.messageId) ?? 0));
    }
    await source.return();
  });

  const beganAtMs = performance.now();
  for (let sent = 0; sent < total; ) {
    const due = Math.min(total, Math.ceil(((performance.now() - beganAtMs) / 1000) * reportsPerSecond));
    for (; sent < due; sent += 1) {
      const report = numberedReport(world.nextNumber + sent);
      sentAtMs.set(report.messageId, performance.now());
      void store.log.append(WORKSPACE, report);
    }
    await pause(TICK_MS);
  }
  await Promise.all(consuming);
  world.nextNumber += total;
  latencies.sort((left, right) => left - right);
  return { delivered, p99Ms: latencies[Math.floor(latencies.length * 0.99)] ?? Number.NaN };
}

function heapMiB(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

/** What is left after it is what is really held. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}

const MAX_HEAP_GROWTH_MIB = 64;
/** Half as slow again, or this much on a busy machine, is "unchanged". */
const P99_TOLERANCE_MS = 50;

function judge(options: StallOptions, { alone, together, ended }: Seen, heapGrowth: number): TortureResult {
  const phases = [...alone, ...together];
  const delivered = phases.reduce((total, phase) => total + phase.delivered, 0);
  const sent = Math.round((options.reportsPerSecond * options.seconds) / alone.length) * phases.length;
  const missing = sent * options.subscribers - delivered;
  const [p99Alone, p99Together] = [medianP99(alone), medianP99(together)];
  const isAsFast = p99Together <= Math.max(p99Alone * 1.5, p99Alone + P99_TOLERANCE_MS);
  const isEnded = ended === together.length;
  return {
    isPassed: isEnded && missing === 0 && isAsFast && heapGrowth < MAX_HEAP_GROWTH_MIB,
    counts: {
      'stalled clients': together.length,
      'ended with SLOW_CONSUMER': ended,
      'events to the others': delivered,
      missing,
      'p99 ms without it': p99Alone.toFixed(1),
      'p99 ms with it': p99Together.toFixed(1),
      'heap growth MiB': heapGrowth.toFixed(1),
    },
  };
}

function medianP99(phases: readonly Phase[]): number {
  const sorted = phases.map(({ p99Ms }) => p99Ms).sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
