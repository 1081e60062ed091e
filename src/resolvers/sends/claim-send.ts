import type { OperationContext } from '../../context.ts';
import type { LedgerEntry } from '../../store/store.ts';
import { CLAIM_MS } from './claim-window.ts';
import { orNothingSent } from './or-nothing-sent.ts';
import type { PreparedSend } from './prepared-send.ts';
import { newOwner } from './send-owner.ts';

/**
 * Takes the key for one attempt.
 *
 * @param earlier what stands under the key: null for nothing, or a send that was certainly not made
 * @returns null when somebody else took it first
 * @throws UpstreamUnavailableError, safe to retry, when the store is away: without a claim nothing is sent
 */
export async function claimSend(
  send: PreparedSend,
  earlier: LedgerEntry | null,
  context: OperationContext,
): Promise<LedgerEntry | null> {
  const nowMs = context.clock.now();
  const claim: Omit<LedgerEntry, 'outcome'> = {
    workspace: context.viewer.workspace,
    idempotencyKey: send.idempotencyKey,
    fingerprint: send.fingerprint,
    claimedAtMs: nowMs,
    owner: newOwner(context.processId),
    claimedUntilMs: nowMs + CLAIM_MS,
  };
  const { sends } = context.store;
  if (earlier !== null) return orNothingSent(sends.reclaim(earlier, claim));
  const result = await orNothingSent(sends.claim(claim));
  return result.kind === 'CLAIMED' ? result.entry : null;
}

export const findSend = (idempotencyKey: string, context: OperationContext): Promise<LedgerEntry | null> =>
  orNothingSent(context.store.sends.find(context.viewer.workspace, idempotencyKey));
