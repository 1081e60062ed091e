import { BEFORE_ALL } from '../../src/store/store.ts';
import type { Reconciler } from '../../src/subscriptions/reconciler.ts';
import { type OutageWorld, openOutageWorld } from './outage-world.ts';
import type { TortureResult } from './scenario.ts';

export interface OutageOptions {
  /** How many messages become final while no webhook comes through. */
  readonly messages: number;
  /** What is out: the whole gateway, or only the way from the provider to it. */
  readonly outage: 'gateway' | 'webhooks';
  readonly log: (line: string) => void;
}

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
/** Between two rounds of the reconciler while nothing happens: it runs each second, but nobody has to watch. */
const QUIET_STEP_MS = 10 * SECOND_MS;
const OUTAGE_MS = 10 * MINUTE_MS;
const ALLOWED_MS = 15 * MINUTE_MS;
const A_FIFTH_OF_THE_LIMIT = 200;
const BATCH = 100;

const DELIVERED_AFTER_MS = 5 * MINUTE_MS;
/** One in twenty takes long, as if the phone had been off: it was asked for often before, and seldom by now. */
const SLOW_AFTER_MS = 60 * MINUTE_MS;
const SLOW_SHARE = 20;
const SLOW_RECIPIENT = '+15550100014';

/** Ten minutes without webhooks; then how long it takes until every message is final in the log. */
export async function surviveOutage({ messages, outage, log }: OutageOptions): Promise<TortureResult> {
  const world = await openOutageWorld({
    deliveredAfterMs: DELIVERED_AFTER_MS,
    slowAfterMs: SLOW_AFTER_MS,
  });
  try {
    const before = await world.startReconciler();
    const ids = await sendSlowOnes(world, before, Math.floor(messages / SLOW_SHARE));
    ids.push(...(await sendQuickOnes(world, messages - ids.length)));
    log(`${ids.length} messages on their way`);

    world.isReachable = false;
    if (outage === 'gateway') await before.close();
    world.simulator.requests.clear();
    await pass(world, OUTAGE_MS, outage === 'gateway' ? null : before);
    const lostCount = ids.length - (await finalsIn(world)).size;
    world.isReachable = true;
    log(`the outage is over; ${lostCount} are final and nobody was told`);

    const tookMs = await recover(world, outage === 'gateway' ? await world.startReconciler() : before, ids);
    return await report(world, ids, { lostCount, tookMs });
  } finally {
    await world.close();
  }
}

/** They are sent an hour before the outage, over ten minutes, and become final during it. */
async function sendSlowOnes(world: OutageWorld, reconciler: Reconciler, count: number): Promise<string[]> {
  const ids: string[] = [];
  const beginMs = world.time.now();
  for (let sent = 0; sent < count; sent += 1) {
    ids.push(...(await world.send([SLOW_RECIPIENT])));
    await world.time.advance(OUTAGE_MS / count);
  }
  await pass(world, beginMs + SLOW_AFTER_MS - DELIVERED_AFTER_MS - world.time.now(), reconciler);
  return ids;
}

/** They are sent in the minutes before the outage and become final in its first half. */
async function sendQuickOnes(world: OutageWorld, count: number): Promise<string[]> {
  const ids: string[] = [];
  const batches = Math.ceil(count / BATCH);
  for (let batch = 0; batch < batches; batch += 1) {
    const size = Math.min(BATCH, count - batch * BATCH);
    const recipients = Array.from(
      { length: size },
      (_, index) => `+1415${5_000_000 + batch * BATCH + index}`,
    );
    ids.push(...(await world.send(recipients)));
    await world.time.advance(DELIVERED_AFTER_MS / batches);
  }
  return ids;
}

async function pass(world: OutageWorld, ms: number, reconciler: Reconciler | null): Promise<void> {
  const untilMs = world.time.now() + ms;
  const stepMs = Math.min(ms, QUIET_STEP_MS);
  while (world.time.now() < untilMs) {
    await world.time.advance(stepMs);
    await reconciler?.runOnce();
  }
}

async function recover(world: OutageWorld, reconciler: Reconciler, ids: readonly string[]): Promise<number> {
  const overAtMs = world.time.now();
  while ((await finalsIn(world)).size < ids.length && world.time.now() - overAtMs < ALLOWED_MS)
    await pass(world, SECOND_MS, reconciler);
  return world.time.now() - overAtMs;
}

/** How many final reports the log holds of each message. */
async function finalsIn({ store }: OutageWorld): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const { report } of await store.log.read(BEFORE_ALL, 1_000_000))
    counts.set(report.messageId, (counts.get(report.messageId) ?? 0) + 1);
  return counts;
}

async function report(
  world: OutageWorld,
  ids: readonly string[],
  { lostCount, tookMs }: { readonly lostCount: number; readonly tookMs: number },
): Promise<TortureResult> {
  const finals = await finalsIn(world);
  const missing = ids.filter((id) => !finals.has(id)).length;
  const twice = [...finals.values()].filter((count) => count > 1).length;
  const calls = world.simulator.requests.all({ method: 'GET' });
  const mostCallsInASecond = Math.max(0, ...countBySecond(calls).values());
  return {
    isPassed: missing === 0 && twice === 0 && mostCallsInASecond <= A_FIFTH_OF_THE_LIMIT,
    counts: {
      messages: ids.length,
      'final without a report after the outage': lostCount,
      missing,
      twice,
      'simulated minutes to recover': (tookMs / MINUTE_MS).toFixed(1),
      'calls to the provider': calls.length,
      'most calls in a second': mostCallsInASecond,
    },
  };
}

function countBySecond(calls: readonly { readonly atMs: number }[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const { atMs } of calls) {
    const second = Math.floor(atMs / SECOND_MS);
    counts.set(second, (counts.get(second) ?? 0) + 1);
  }
  return counts;
}
