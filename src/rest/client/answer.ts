import type { UpstreamArea } from '../../metrics.ts';
import { type Refusal, UpstreamContractError, UpstreamError } from '../failures/failures.ts';
import { isRecord } from '../wire/fields.ts';
import { parseHistoryJson, parseMoneyJson } from '../wire/money-json.ts';
import type { UpstreamAnswer } from './call.ts';
import type { HttpAnswer } from './exchange.ts';

/** Their rows come by the hundred, for each page that is asked for. */
const HISTORIES: ReadonlySet<UpstreamArea> = new Set(['messages', 'unified', 'status']);

const NOT_JSON = Symbol('not JSON');

/**
 * Reads what the provider answered: JSON or not, a refusal or not, whatever the status says.
 *
 * @throws UpstreamError when it is a refusal: not a 2xx, or a 2xx with `"status": false`
 * @throws UpstreamContractError when it is a 2xx but not JSON
 */
export function readAnswer(area: UpstreamArea, answer: HttpAnswer<string>, nowMs: number): UpstreamAnswer {
  const isOk = answer.status >= 200 && answer.status < 300;
  const body = parseBody(answer.body, HISTORIES.has(area) ? parseHistoryJson : parseMoneyJson);
  if (isOk && body === NOT_JSON)
    throw new UpstreamContractError(area, `answered ${answer.status} without JSON`);
  const envelope = isRecord(body) ? body : {};
  if (isOk && envelope['status'] !== false) return { headers: answer.headers, body };
  throw new UpstreamError(area, refusalOf(answer, envelope, nowMs));
}

function refusalOf(answer: HttpAnswer<string>, envelope: Record<string, unknown>, nowMs: number): Refusal {
  const errorCode = envelope['error_code'];
  const retryAfter = answer.headers['retry-after'];
  return {
    status: answer.status,
    errorCode: typeof errorCode === 'string' && ERROR_CODE.test(errorCode) ? errorCode : null,
    retryAfterMs: parseRetryAfter(Array.isArray(retryAfter) ? retryAfter[0] : retryAfter, nowMs),
    envelope,
  };
}

/** What may stand in a message or a metric; anything else is not a code but a text of somebody's. */
const ERROR_CODE = /^[A-Z][A-Z0-9_]{0,63}$/;

/** An empty body (a 204, a bare 429) reads as null. */
function parseBody(text: string, parse: (text: string) => unknown): unknown {
  if (text === '') return null;
  try {
    return parse(text);
  } catch {
    return NOT_JSON;
  }
}

/** `Retry-After` as milliseconds: seconds, or an HTTP date. Null when absent or unreadable. */
function parseRetryAfter(value: string | undefined, nowMs: number): number | null {
  if (value === undefined) return null;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - nowMs);
}
