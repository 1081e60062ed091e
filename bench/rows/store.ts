import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { numberedReport } from '../../scripts/torture/numbered-report.ts';
import { systemClock } from '../../src/domain/clock.ts';
import { openStore } from '../../src/store/open-store.ts';
import { BEFORE_ALL, type Store } from '../../src/store/store.ts';
import { startRedisServer } from '../../test/support/redis-server.ts';

const DURATION_MS = 2000;
const CALLERS = [1, 10, 100, 1000];
const READ_BATCH = 500;

/** Appends per second by so many callers at once, each waiting for its own to be on the disk; then reads of the log. */
export async function store(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-bench-'));
  await benchStore('embedded', `file:${folder}`);
  await rm(folder, { recursive: true, force: true });
  const server = await startRedisServer();
  await benchStore('redis', server.url);
  await server.stop();
}

async function benchStore(name: string, url: string): Promise<void> {
  const store = await openStore({
    url,
    clock: systemClock,
    logger: pino({ level: 'silent' }),
    processId: 'bench',
  });
  let appended = 0;
  for (const callers of CALLERS) {
    const latenciesMs = await appendFor(store, callers, () => numberedReport(appended++));
    const perSecond = Math.round((latenciesMs.length / DURATION_MS) * 1000);
    const p99 = latenciesMs.sort((left, right) => left - right)[Math.floor(latenciesMs.length * 0.99)] ?? 0;
    console.log(`${name} append, ${callers} at once: ${perSecond}/s, p99 ${p99.toFixed(1)} ms`);
  }
  const startedAtMs = performance.now();
  const entries = await countEntries(store);
  const seconds = (performance.now() - startedAtMs) / 1000;
  console.log(`${name} read: ${Math.round(entries / seconds)}/s`);
  await store.close();
}

async function appendFor(
  store: Store,
  callers: number,
  nextReport: () => ReturnType<typeof numberedReport>,
): Promise<number[]> {
  const latenciesMs: number[] = [];
  const endMs = performance.now() + DURATION_MS;
  const call = async () => {
    for (let startMs = performance.now(); startMs < endMs; startMs = performance.now()) {
      await store.log.append('main', nextReport());
      latenciesMs.push(performance.now() - startMs);
    }
  };
  await Promise.all(Array.from({ length: callers }, call));
  return latenciesMs;
}

async function countEntries(store: Store): Promise<number> {
  let total = 0;
  for (let after = BEFORE_ALL; ; ) {
    const batch = await store.log.read(after, READ_BATCH);
    const newest = batch.at(-1);
    if (newest === undefined) return total;
    total += batch.length;
    after = newest.position;
  }
}
