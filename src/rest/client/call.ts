import type { IncomingHttpHeaders } from 'node:http';
import type { SignedAttempt } from '../../domain/send.ts';
import type { UpstreamArea, UpstreamLane } from '../../metrics.ts';
import type { UpstreamCost } from '../provider-session.ts';
import type { RetryRule } from '../resilience/retry.ts';
import type { StopSignal } from '../resilience/stop-signal.ts';

/** One call of the provider's API, as the areas ask for it. */
export interface UpstreamCall {
  readonly area: UpstreamArea;
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Below the base URL, percent-encoded: `/sms/messages`. */
  readonly path: string;
  /** Without `?`; empty for none. */
  readonly query: string;
  readonly body: string | null;
  readonly retry: RetryRule;
  /** Awaited before each request is written; given the signed pair when the key signs. */
  readonly beforeWrite?: ((signed: SignedAttempt | null) => Promise<void>) | undefined;
  /** Asked in the moment of writing. */
  readonly mayStillStart?: (() => boolean) | undefined;
  /** A pair to use instead of a new one. */
  readonly signedAs?: SignedAttempt;
}

/** On whose behalf a call is made. */
export interface CallScope {
  readonly signal: StopSignal;
  readonly cost: UpstreamCost;
  /** Where its calls wait for a place; null for the lane of each call's area. */
  readonly lane: UpstreamLane | null;
}

const LANE_BY_AREA: Readonly<Record<UpstreamArea, UpstreamLane>> = {
  send: 'send',
  status: 'status',
  messages: 'read',
  unified: 'read',
  export: 'background',
  stats: 'read',
  balance: 'read',
  pricing: 'read',
  payments: 'read',
  webhooks: 'read',
};

/** A send is a send, also one that is made in the background to learn the fate of another. */
export const laneOf = ({ area }: Pick<UpstreamCall, 'area'>, { lane }: CallScope): UpstreamLane =>
  area === 'send' ? 'send' : (lane ?? LANE_BY_AREA[area]);

/** A 2xx that is not a refusal. `body` is parsed JSON with money as digits; in the histories it may be a number. */
export interface UpstreamAnswer {
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

export const readCall = (area: UpstreamArea, path: string, query = ''): UpstreamCall => ({
  area,
  method: 'GET',
  path,
  query,
  body: null,
  retry: 'repeatable',
});
