import { tracingChannel } from 'node:diagnostics_channel';
import type { UpstreamArea } from '../../metrics.ts';

/** One REST call, as whoever traces it sees it. */
export interface TracedCall {
  readonly area: UpstreamArea;
  readonly method: string;
  readonly origin: string;
  /** To be sent along: the trace that the call belongs to. */
  readonly headers: Record<string, string>;
  /** Once it has ended. */
  readonly result?: CallResult;
}

export type CallResult =
  | { readonly kind: 'answer'; readonly answer: { readonly status: number } }
  | { readonly kind: 'failed'; readonly failure: { readonly reason: string } }
  | { readonly kind: 'aborted' };

/** Nobody listens unless traces are asked for, and then a call costs nothing more. */
export const upstreamCalls = tracingChannel<unknown, TracedCall>('sms-gateway:upstream-call');

/** @param send makes the call; given headers to send along, or null */
export function traceCall<Result extends CallResult>(
  call: Pick<TracedCall, 'area' | 'method' | 'origin'>,
  send: (headers: Readonly<Record<string, string>> | null) => Promise<Result>,
): Promise<Result> {
  if (!upstreamCalls.start.hasSubscribers) return send(null);
  const traced: TracedCall = { ...call, headers: {} };
  return upstreamCalls.tracePromise(() => send(traced.headers), traced);
}
