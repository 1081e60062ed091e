import { ok } from '../../api/answer.ts';
import { defineEndpoint, nothingToCheck } from '../../api/endpoint.ts';
import { gatewayHeaders, gatewayStateOf, isInSetup, rowsInState, SETUP_BODY } from './gateway-state.ts';
import { paymentRows } from './payment-rows.ts';

/** Deposits, usage and adjustments, newest first: a bare array. */
export const paymentsEndpoint = defineEndpoint<null>({
  method: 'GET',
  path: '/user/payments',
  permission: 'payments.read',
  check: nothingToCheck,
  answer(call) {
    if (isInSetup(call)) return ok(SETUP_BODY);
    const state = gatewayStateOf(call);
    const { openedAtMs, currency } = call.key.workspace.account;
    return ok(rowsInState(paymentRows(openedAtMs, currency), state), gatewayHeaders(state));
  },
});
