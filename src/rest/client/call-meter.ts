import type { Metrics } from '../../metrics.ts';
import type { UpstreamCall } from './call.ts';
import { outcomeOf } from './outcome.ts';

/** Counts attempts by how they ended, and times what is on the wire. */
export interface CallMeter {
  /** @param attempt rejects with why it failed; one that made no call is not counted */
  counted<Result>(call: UpstreamCall, attempt: () => Promise<Result>): Promise<Result>;
  timed<Result>(call: UpstreamCall, exchange: () => Promise<Result>): Promise<Result>;
}

export const createCallMeter = ({ upstreamCalls, upstreamDuration }: Metrics): CallMeter => ({
  async counted({ area }, attempt) {
    try {
      const result = await attempt();
      upstreamCalls.inc({ area, outcome: 'ok' });
      return result;
    } catch (failure) {
      const outcome = outcomeOf(failure);
      if (outcome !== null) upstreamCalls.inc({ area, outcome });
      throw failure;
    }
  },
  async timed({ area }, exchange) {
    const startedAt = performance.now();
    const result = await exchange();
    upstreamDuration.observe({ area }, (performance.now() - startedAt) / 1000);
    return result;
  },
});
