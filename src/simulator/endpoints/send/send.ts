import { setBalance } from '../../accounts/account-state.ts';
import { ok } from '../../api/answer.ts';
import { ApiProblem } from '../../api/api-problem.ts';
import { type ApiCall, defineEndpoint } from '../../api/endpoint.ts';
import { amountNumber } from '../../formats/money.ts';
import { type AdmittedSend, admitSend } from './admission.ts';
import { queueMessages } from './queue-messages.ts';
import { sendAnswerBody, totalCost } from './send-answer.ts';
import { readSendBody } from './send-body.ts';

function requireSendingAccount({ key }: ApiCall): void {
  const refusal = key.workspace.account.condition.sendRefusal;
  if (refusal !== null) throw new ApiProblem(refusal, 'This account may not send.');
}

/** Sandbox sends cost nothing. */
function requireBalance({ key }: ApiCall, send: AdmittedSend): void {
  const { balance, currency } = key.workspace.account;
  if (key.isSandbox || send.estimatedCost === 0 || balance >= send.estimatedCost) return;
  throw new ApiProblem('INSUFFICIENT_BALANCE', 'The balance does not cover this send.', {
    balance: amountNumber(balance),
    estimated_cost: amountNumber(send.estimatedCost),
    currency,
    total_recipients: send.recipients.length,
    billable_recipients: send.billableCount,
    segments: send.segments,
  });
}

/** Every recipient is queued, or none is; blocked countries are skipped one by one. */
export const sendEndpoint = defineEndpoint<AdmittedSend>({
  method: 'POST',
  path: '/sms/send',
  permission: 'sms.send',
  check(call) {
    const body = readSendBody(call.body);
    requireSendingAccount(call);
    const send = admitSend(body, call.key.workspace.account.condition.blockedCountries);
    requireBalance(call, send);
    return send;
  },
  answer(call, send) {
    const { account } = call.key.workspace;
    const queued = queueMessages(call, send);
    setBalance(account, account.balance - totalCost(queued), call.world.time.now());
    return ok(sendAnswerBody(send, queued, call.key.isSandbox));
  },
});
