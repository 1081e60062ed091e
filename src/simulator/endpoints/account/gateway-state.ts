import { type Answer, type AnswerHeaders, ok } from '../../api/answer.ts';
import type { ApiCall } from '../../api/endpoint.ts';
import type { JsonValue } from '../../formats/json-text.ts';

type GatewayState = 'ok' | 'partial' | 'unavailable';

const REASONS = { partial: 'cache_disabled', unavailable: 'cache_miss_refresh_failed' } as const;

/** How well the cache behind the account endpoints does, for this call. */
export function gatewayStateOf({ fault, key }: ApiCall): GatewayState {
  if (fault?.kind === 'degraded') return fault.state ?? 'unavailable';
  return key.workspace.account.condition.gatewayState;
}

export const degradedReason = (state: Exclude<GatewayState, 'ok'>): string => REASONS[state];

/** Degraded answers keep their status 200 and say so in headers. */
export const gatewayHeaders = (state: GatewayState): AnswerHeaders =>
  state === 'ok' ? {} : { 'X-Sms-Gateway-Status': state, 'X-Sms-Gateway-Reason': degradedReason(state) };

const isInSetup = ({ fault, key }: ApiCall): boolean =>
  fault?.kind === 'setup' || key.workspace.account.condition.isInSetup;

/** Pricing and payments answer this with HTTP 200: it has `error` where the envelope has `error_code`. */
const SETUP_BODY: JsonValue = {
  status: false,
  error: 'Account is in setup process',
  message: 'Please try again later.',
};

/** The rows a degraded cache still has: some, or none. */
function rowsInState(rows: readonly JsonValue[], state: GatewayState): readonly JsonValue[] {
  if (state === 'unavailable') return [];
  return state === 'partial' ? rows.slice(0, Math.ceil(rows.length / 2)) : rows;
}

/** A list of the account, a bare array, as far as the account and the cache allow. */
export function answerRows(call: ApiCall, rows: readonly JsonValue[]): Answer {
  if (isInSetup(call)) return ok(SETUP_BODY);
  const state = gatewayStateOf(call);
  return ok(rowsInState(rows, state), gatewayHeaders(state));
}
