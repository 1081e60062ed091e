import type { PostedReport } from '../../test/support/signed-report.ts';
import type { FeedReport } from './socket-crowd.ts';

/** How long reports take from the provider's post to the subscribers. */
export interface LatencyMeter {
  onPost(report: PostedReport): void;
  onSeen(report: FeedReport): void;
  /** The 99th percentile in ms of what was seen since it was asked last. NaN: nothing was. */
  takeP99(): number;
}

export function createLatencyMeter(): LatencyMeter {
  const postedAtMs = new Map<string, number>();
  let latencies: number[] = [];
  return {
    onPost: ({ messageId, statusCode }) =>
      void postedAtMs.set(`${messageId} ${statusCode}`, performance.now()),
    onSeen({ messageId, statusCode }) {
      const fromMs = postedAtMs.get(`${messageId} ${statusCode}`);
      if (fromMs !== undefined) latencies.push(performance.now() - fromMs);
    },
    takeP99() {
      const sorted = latencies.sort((left, right) => left - right);
      latencies = [];
      return sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN;
    },
  };
}
