import type { TortureResult } from './scenario.ts';
import type { FeedReport, SocketCrowd } from './socket-crowd.ts';

/** What was seen in one window of time. */
export interface StallWindow {
  readonly p99Ms: number;
  /** How the subscription of the stalled client ended; null without one. */
  readonly end: string | null;
  /** What the gateway holds, garbage aside. */
  readonly heapBytes: number;
}

export interface SeenStall {
  readonly windows: readonly StallWindow[];
  readonly crowd: SocketCrowd;
  readonly subscribers: number;
  readonly acknowledged: number;
  /** Before the first window. */
  readonly heapBytes: number;
  /** What the gateway's log says that should never happen. */
  readonly alarms: readonly string[];
}

const MEBIBYTE = 2 ** 20;
const MAX_HEAP_GROWTH_MIB = 64;
/** Half as slow again, or this much on a busy machine, is "unchanged". */
const P99_TOLERANCE_MS = 50;

export function judgeStall({
  windows,
  crowd,
  subscribers,
  acknowledged,
  ...gateway
}: SeenStall): TortureResult {
  const stalled = windows.filter(({ end }) => end !== null);
  const ended = stalled.filter(({ end }) => end === 'SLOW_CONSUMER');
  const missing = acknowledged * subscribers - crowd.received;
  const repeated = acknowledged - countDistinct(crowd.readReports());
  const p99Alone = medianP99(windows.filter(({ end }) => end === null));
  const p99Beside = medianP99(stalled);
  const isAsFast = p99Beside <= Math.max(p99Alone * 1.5, p99Alone + P99_TOLERANCE_MS);
  const heapGrowth = Math.max(...windows.map(({ heapBytes }) => heapBytes)) - gateway.heapBytes;
  return {
    isPassed:
      ended.length === stalled.length &&
      missing === 0 &&
      repeated === 0 &&
      crowd.different === 0 &&
      gateway.alarms.length === 0 &&
      isAsFast &&
      heapGrowth / MEBIBYTE < MAX_HEAP_GROWTH_MIB,
    counts: {
      subscribers,
      'reports acknowledged': acknowledged,
      'stalled clients': stalled.length,
      'ended with SLOW_CONSUMER': ended.length,
      'events to the others': crowd.received,
      missing,
      'reports missing or twice in the feed': repeated,
      'events unlike those of the others': crowd.different,
      'p99 ms without it': p99Alone.toFixed(1),
      'p99 ms with it': p99Beside.toFixed(1),
      'heap growth MiB': (heapGrowth / MEBIBYTE).toFixed(1),
      'errors in the log': gateway.alarms.length,
    },
  };
}

const countDistinct = (reports: readonly FeedReport[]): number =>
  new Set(reports.map(({ messageId, statusCode }) => `${messageId} ${statusCode}`)).size;

function medianP99(windows: readonly StallWindow[]): number {
  const sorted = windows.map(({ p99Ms }) => p99Ms).sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
