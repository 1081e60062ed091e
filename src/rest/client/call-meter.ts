import type { Metrics } from '../../metrics.ts';
import { TransportFailure, UpstreamContractError, UpstreamError } from '../failures/failures.ts';
import { classOf } from '../failures/verdict.ts';
import type { UpstreamCall } from './call.ts';

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

/** How one attempt failed, as it is counted. */
type FailedOutcome =
  | 'refused'
  | 'rate_limited'
  | 'fault'
  | 'unreachable'
  | 'timeout'
  | 'aborted'
  | 'nonsense';

/** @returns null when no call was made: the circuit was open */
function outcomeOf(failure: unknown): FailedOutcome | null {
  if (failure instanceof UpstreamContractError) return 'nonsense';
  if (failure instanceof UpstreamError) return outcomeOfRefusal(failure.refusal.status);
  return failure instanceof TransportFailure ? outcomeOfTransport(failure) : 'aborted';
}

/** A refusal can come with a 200. */
function outcomeOfRefusal(status: number): FailedOutcome {
  const statusClass = classOf(status);
  return statusClass === 'ok' ? 'refused' : statusClass;
}

function outcomeOfTransport({ reason }: TransportFailure): FailedOutcome | null {
  switch (reason) {
    case 'circuit_open':
      return null;
    case 'timeout':
      return 'timeout';
    case 'oversized':
      return 'nonsense';
    case 'unreachable':
    case 'cut':
      return 'unreachable';
    default:
      return reason satisfies never;
  }
}
