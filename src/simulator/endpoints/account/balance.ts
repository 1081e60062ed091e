import { ok } from '../../api/answer.ts';
import { defineEndpoint, nothingToCheck } from '../../api/endpoint.ts';
import { amountNumber } from '../../formats/money.ts';
import { dottedDateTime } from '../../formats/timestamps.ts';
import { degradedReason, gatewayHeaders, gatewayStateOf } from './gateway-state.ts';

/** The balance, without a `status` member. When the cache is away, 0 means that nobody knows. */
export const balanceEndpoint = defineEndpoint<null>({
  method: 'GET',
  path: '/user/balance',
  permission: 'balance.read',
  check: nothingToCheck,
  answer(call) {
    const { balance, currency, balanceChangedAtMs } = call.key.workspace.account;
    const state = gatewayStateOf(call);
    const headers = gatewayHeaders(state);
    if (state === 'unavailable') {
      return ok({ balance: 0, currency, unavailable: true, reason: degradedReason(state) }, headers);
    }
    return ok(
      {
        balance: amountNumber(balance),
        currency,
        updated: dottedDateTime(balanceChangedAtMs),
        credit_blocked: balance <= 0 ? true : undefined,
      },
      headers,
    );
  },
});
