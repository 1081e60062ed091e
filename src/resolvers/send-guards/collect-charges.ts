import type { OperationContext } from '../../context.ts';
import type { SendRequest } from '../../domain/send.ts';
import type { GuardedCharge } from './guarded-charge.ts';
import { countRecipients } from './recipient-charges.ts';
import { countSequences, findNewRecipients } from './sequence-charges.ts';
import { countSpend } from './spend-charges.ts';

/** Everything one send is counted against. */
export async function collectCharges(
  request: SendRequest,
  context: OperationContext,
  nowMs: number,
): Promise<readonly GuardedCharge[]> {
  const { guards, store, viewer } = context;
  const counted = countRecipients(request.to, viewer, guards);
  const parts = {
    counters: store.counters,
    workspace: viewer.workspace,
    runLength: guards.sequentialRun,
    nowMs,
  };
  const perRecipient = counted.flatMap(({ guard, charge }) => (guard === 'recipient' ? charge : []));
  const [newRecipients, spend] = await Promise.all([
    findNewRecipients(request.to, perRecipient, parts),
    countSpend(request, context),
  ]);
  return [...counted, ...spend, ...countSequences(newRecipients, parts)];
}
