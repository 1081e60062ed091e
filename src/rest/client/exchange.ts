import type { IncomingHttpHeaders } from 'node:http';
import type { UpstreamArea } from '../../metrics.ts';
import { TransportFailure, type TransportReason } from '../failures/failures.ts';

/** One HTTP request, ready to be written. */
export interface HttpRequest {
  readonly area: UpstreamArea;
  readonly method: 'GET' | 'POST' | 'PUT';
  /** With the base path and the query string, as it goes over the wire. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Asked in the moment of writing. False: it is not written, and fails as unreachable. */
  readonly mayStillStart?: (() => boolean) | undefined;
}

export interface HttpAnswer<Body> {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Body;
}

/** What became of one attempt. It never throws for what the network did. */
export type Exchange<Body> =
  | { readonly kind: 'answer'; readonly answer: HttpAnswer<Body> }
  | { readonly kind: 'failed'; readonly failure: TransportFailure }
  /** The caller's signal aborted it. */
  | { readonly kind: 'aborted' };

/** What stops a request of its own: its caller, or the deadline. */
export const GONE = new Error('The caller is gone.');
export const LATE = new Error('The answer is late.');

/**
 * @param error what the request ended with: of the client, GONE, or LATE
 * @param hasBegun whether bytes of a request that changes something may be on the wire
 */
export function failedExchange<Body>(
  { area, method }: HttpRequest,
  error: unknown,
  hasBegun: boolean,
): Exchange<Body> {
  if (error === GONE) return { kind: 'aborted' };
  const reason = reasonOf(error);
  const isWritten = method === 'GET' ? reason !== 'unreachable' : hasBegun;
  return { kind: 'failed', failure: new TransportFailure(area, reason, isWritten) };
}

const UNREACHABLE_CODES: ReadonlySet<string> = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

function reasonOf(error: unknown): TransportReason {
  if (error === LATE) return 'timeout';
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (UNREACHABLE_CODES.has(code)) return 'unreachable';
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') return 'timeout';
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return 'oversized';
  return 'cut';
}
