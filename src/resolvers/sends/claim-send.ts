import { randomUUID } from 'node:crypto';
import type { OperationContext } from '../../context.ts';
import { UpstreamUnavailableError } from '../../domain/errors.ts';
import { type LedgerEntry, StoreUnavailableError } from '../../store/store.ts';
import { CLAIM_MS } from './claim-window.ts';
import type { PreparedSend } from './prepared-send.ts';

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
    owner: `${context.processId}/${randomUUID()}`, // one owner an attempt: two of one process never mix
    claimedUntilMs: nowMs + CLAIM_MS,
  };
  const { sends } = context.store;
  if (earlier !== null) return orRefuse(sends.reclaim(earlier, claim));
  const result = await orRefuse(sends.claim(claim));
  return result.kind === 'CLAIMED' ? result.entry : null;
}

export const findSend = (idempotencyKey: string, context: OperationContext): Promise<LedgerEntry | null> =>
  orRefuse(context.store.sends.find(context.viewer.workspace, idempotencyKey));

async function orRefuse<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof StoreUnavailableError)) throw error;
    throw new UpstreamUnavailableError(
      'The send could not be recorded, so nothing was sent by this request. Ask again with the same idempotency key.',
      true,
    );
  }
}
