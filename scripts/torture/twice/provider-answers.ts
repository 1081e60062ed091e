import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { AcceptedMessage } from './provider-history.ts';

/** An answer as it is written. */
export interface Answer {
  readonly status: number;
  readonly contentType: string | null;
  readonly body: string;
}

/** A request as it was read. */
export interface Call {
  readonly method: string;
  /** With `/api/v1`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const SIGNED_WITHIN_SECONDS = 300;

/** Each pair of timestamp and signature is taken once. */
export function checkSignature(
  { method, path, headers, body }: Call,
  secret: string,
  { spentPairs, nowMs }: { readonly spentPairs: Set<string>; readonly nowMs: number },
): Answer | null {
  const [timestamp, signature] = [headers['x-timestamp'], headers['x-signature']];
  if (typeof timestamp !== 'string' || typeof signature !== 'string')
    return refusal(401, 'SIGNATURE_REQUIRED');
  const expected = createHmac('sha256', secret)
    .update(`${method}|${path}|${timestamp}|${body}`)
    .digest('hex');
  const pair = `${timestamp} ${signature}`;
  const isInTime = Math.abs(nowMs / 1000 - Number(timestamp)) <= SIGNED_WITHIN_SECONDS;
  if (signature !== expected || !isInTime || spentPairs.has(pair)) return refusal(401, 'INVALID_SIGNATURE');
  spentPairs.add(pair);
  return null;
}

export const json = (body: object, status = 200): Answer => ({
  status,
  contentType: 'application/json',
  body: JSON.stringify(body),
});

export const refusal = (status: number, errorCode: string): Answer =>
  json({ status: false, error_code: errorCode, description: 'The provider says no.' }, status);

/** @param names whom it names; a number that nothing was sent to gets an id like the others */
export function receiptOf(
  messages: readonly AcceptedMessage[],
  names: readonly string[] = messages.map(({ to }) => to),
): Answer {
  const digitsOf = (number: string) => number.replace(/\D/g, '');
  const idOf = (name: string): string =>
    messages.find(({ to }) => digitsOf(to) === digitsOf(name))?.messageId ??
    `${messages[0]?.messageId.slice(0, -4)}${digitsOf(name).slice(-4)}`;
  const named = names.map((dnis) => ({ dnis, message_id: idOf(dnis) }));
  return json({
    status: true,
    messages: named.map((message) => ({ ...message, segment_num: 1 })),
    results: named.map((message) => ({ ...message, segments: 1, status: 'accepted' })),
    summary: {
      ...{
        total_recipients: named.length,
        total_segments: named.length,
        total_cost: 0.0085,
        encoding: 'GSM-7',
      },
      ...{ accepted_count: named.length, blocked_count: 0, queue_error_count: 0 },
      ...{ config_error_count: 0, db_error_count: 0 },
    },
  });
}
