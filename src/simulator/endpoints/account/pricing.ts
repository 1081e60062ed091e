import { ok } from '../../api/answer.ts';
import { defineEndpoint, nothingToCheck } from '../../api/endpoint.ts';
import { gatewayHeaders, gatewayStateOf, isInSetup, rowsInState, SETUP_BODY } from './gateway-state.ts';
import { priceRows } from './price-rows.ts';

/** The price of a segment to every network: a bare array. */
export const pricingEndpoint = defineEndpoint<null>({
  method: 'GET',
  path: '/user/pricing',
  permission: 'pricing.read',
  check: nothingToCheck,
  answer(call) {
    if (isInSetup(call)) return ok(SETUP_BODY);
    const state = gatewayStateOf(call);
    const rows = priceRows(call.key.workspace.account.openedAtMs);
    return ok(rowsInState(rows, state), gatewayHeaders(state));
  },
});
