import { TransportFailure, UpstreamContractError, UpstreamError } from '../failures/failures.ts';
import type { Exchange } from './transport.ts';

/** How one attempt failed, as it is counted. */
export type FailedOutcome =
  | 'refused'
  | 'rate_limited'
  | 'fault'
  | 'unreachable'
  | 'timeout'
  | 'aborted'
  | 'nonsense';

/** @returns null when no call was made: the circuit was open */
export function outcomeOf(failure: unknown): FailedOutcome | null {
  if (failure instanceof UpstreamContractError) return 'nonsense';
  if (failure instanceof UpstreamError) return outcomeOfStatus(failure.refusal.status);
  return failure instanceof TransportFailure ? outcomeOfTransport(failure) : 'aborted';
}

function outcomeOfStatus(status: number): FailedOutcome {
  if (status === 429) return 'rate_limited';
  return status >= 500 ? 'fault' : 'refused';
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

/** What an attempt tells about how many of them the provider bears. */
export function placeVerdictOf(exchange: Exchange<unknown> | null): 'ok' | 'rate_limited' | 'other' {
  if (exchange?.kind !== 'answer') return 'other';
  if (exchange.answer.status === 429) return 'rate_limited';
  return exchange.answer.status < 500 ? 'ok' : 'other';
}
