import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
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
const WARM_UP_SECONDS = 1;
const sealer = createTokenSealer('a secret of the torture', 'event-cursor/1');

/** What the subscribers of one phase saw. */
interface Phase {
  readonly sent: number;
  readonly delivered: number;
  readonly p99Ms: number;
}

/** One subscriber takes one event and no more, while many others take all. First without it, then with it. */
export async function stallSubscriber(options: StallOptions): Promise<TortureResult> {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-stall-'));
  const store = await openEmbeddedStore(folder, systemClock);
  const metrics = createMetrics({ process: false });
  const hub = await createHub({ log: store.log, logger: pino({ level: 'silent' }), metrics });
  try {
    const warmUp = await runPhase({ ...options, seconds: WARM_UP_SECONDS }, store, hub, 0);
    const alone = await runPhase(options, store, hub, warmUp.sent);
    options.log(`without it: p99 ${alone.p99Ms.toFixed(1)} ms`);
    const heapBefore = heapMiB();
    const stalled = await follow(store, hub);
    const first = stalled.next();
    const together = await runPhase(options, store, hub, warmUp.sent + alone.sent);
    const heapGrowth = heapMiB() - heapBefore;
    await first;
    const end = await stalled.next().catch((error: unknown) => error);
    return judge(options, { alone, together, heapGrowth, isEnded: end instanceof SlowConsumerError });
  } finally {
    await hub.close();
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const follow = (store: Store, hub: Hub) =>
  followReports({
    ...{ workspace: WORKSPACE, filter: EVERY_REPORT, after: null, hub, log: store.log, sealer },
    signal: new AbortController().signal,
  });

async function runPhase(options: StallOptions, store: Store, hub: Hub, offset: number): Promise<Phase> {
  const { subscribers, reportsPerSecond, seconds } = options;
  const total = reportsPerSecond * seconds;
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
      const report = numberedReport(offset + sent);
      sentAtMs.set(report.messageId, performance.now());
      void store.log.append(WORKSPACE, report);
    }
    await pause(TICK_MS);
  }
  await Promise.all(consuming);
  latencies.sort((left, right) => left - right);
  return { sent: total, delivered, p99Ms: latencies[Math.floor(latencies.length * 0.99)] ?? Number.NaN };
}

function heapMiB(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

interface Seen {
  readonly alone: Phase;
  readonly together: Phase;
  readonly heapGrowth: number;
  readonly isEnded: boolean;
}

const MAX_HEAP_GROWTH_MIB = 64;
/** Twice as slow, or this much on a busy machine, is "unchanged". */
const P99_TOLERANCE_MS = 50;

function judge(options: StallOptions, { alone, together, heapGrowth, isEnded }: Seen): TortureResult {
  const expected = options.subscribers * options.reportsPerSecond * options.seconds;
  const missing = 2 * expected - alone.delivered - together.delivered;
  const isAsFast = together.p99Ms <= Math.max(alone.p99Ms * 2, alone.p99Ms + P99_TOLERANCE_MS);
  return {
    isPassed: isEnded && missing === 0 && isAsFast && heapGrowth < MAX_HEAP_GROWTH_MIB,
    counts: {
      'stalled client ended with SLOW_CONSUMER': String(isEnded),
      'events to the others': together.delivered,
      missing,
      'p99 ms without it': alone.p99Ms.toFixed(1),
      'p99 ms with it': together.p99Ms.toFixed(1),
      'heap growth MiB': heapGrowth.toFixed(1),
    },
  };
}
