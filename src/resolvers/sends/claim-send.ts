import { setTimeout as delay } from 'node:timers/promises';
import type { OperationContext } from '../../context.ts';
import { SendRefusedError, UpstreamUnavailableError } from '../../domain/errors.ts';
import { isProcessAlive } from '../../store/process-lease.ts';
import type { LedgerEntry, SendClaim } from '../../store/send-ledger.ts';
import { StoreUnavailableError } from '../../store/store.ts';
import { type GuardPass, passGuards } from '../send-guards/pass-guards.ts';
import { CLAIM_MS, newOwner, type PreparedSend, processOf } from './prepared-send.ts';

/**
 * Work on the store that must be done before a send: without it nothing is sent, and the caller learns so.
 *
 * @throws UpstreamUnavailableError, safe to retry, when the store is away
 */
async function orNothingSent<Result>(work: Promise<Result>): Promise<Result> {
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

/** A store that just came back takes a moment to be connected again. */
const PATIENCE_MS = 2000;
const PAUSE_MS = 200;

/** What stands under the key; null when it was never used. */
export function findSend(
  idempotencyKey: string,
  { store, viewer }: OperationContext,
): Promise<LedgerEntry | null> {
  const giveUpAtMs = performance.now() + PATIENCE_MS;
  const look = async (): Promise<LedgerEntry | null> => {
    try {
      return await store.sends.find(viewer.workspace, idempotencyKey);
    } catch (error) {
      if (!(error instanceof StoreUnavailableError) || performance.now() >= giveUpAtMs) throw error;
      await delay(PAUSE_MS);
      return look();
    }
  };
  return orNothingSent(look());
}

/**
 * Takes the key for one attempt.
 *
 * @param earlier what stands under the key: null for nothing, or a send that was certainly not made
 * @returns null when another request was faster
 * @throws UpstreamUnavailableError, safe to retry, when the store is away: without a claim nothing is sent
 */
export async function claimSend(
  send: PreparedSend,
  earlier: LedgerEntry | null,
  context: OperationContext,
): Promise<LedgerEntry | null> {
  const claim: SendClaim = {
    workspace: context.viewer.workspace,
    idempotencyKey: send.idempotencyKey,
    fingerprint: { ...send.fingerprint, providerTimeMs: context.provider.providerTimeMs() },
    owner: newOwner(context.processId),
  };
  try {
    return await takeKey(claim, earlier, context);
  } catch (error) {
    freeKey(claim, context);
    return orNothingSent(Promise.reject(error));
  }
}

async function takeKey(
  claim: SendClaim,
  earlier: LedgerEntry | null,
  { store }: OperationContext,
): Promise<LedgerEntry | null> {
  if (earlier !== null) return store.sends.reclaim(earlier, claim, CLAIM_MS);
  const result = await store.sends.claim(claim, CLAIM_MS);
  return result.kind === 'CLAIMED' ? result.entry : null;
}

/** A claim that was not confirmed may stand all the same, and would hold up the key for minutes. */
function freeKey(claim: SendClaim, { store, sendAttempts }: OperationContext): void {
  const outcome = { kind: 'NOT_SENT', reason: 'the claim was not confirmed' } as const;
  sendAttempts.writeLater(claim.owner, { outcome, write: () => store.sends.settle(claim, outcome) });
}

/** Waits before each look for a claim that another request is just making. */
const CLAIM_LOOKS_MS = [0, 50, 150];

/**
 * Passes the guards. A repeat must not be refused because the request it repeats took the last of a limit: before a refusal
 * counts, the key is looked at again for a moment. Null when it was claimed meanwhile.
 *
 * @param earlier what is known to stand under the key
 * @throws SendRefusedError; UpstreamUnavailableError when the store is away
 */
export async function passOrFindClaim(
  send: PreparedSend,
  earlier: LedgerEntry | null,
  context: OperationContext,
): Promise<GuardPass | null> {
  try {
    return await orNothingSent(passGuards(send.request, context));
  } catch (error) {
    if (!(error instanceof SendRefusedError)) throw error;
    if (await isClaimedSoon(send.idempotencyKey, earlier, context)) return null;
    throw error;
  }
}

async function isClaimedSoon(
  idempotencyKey: string,
  earlier: LedgerEntry | null,
  context: OperationContext,
): Promise<boolean> {
  for (const waitMs of CLAIM_LOOKS_MS) {
    await delay(waitMs);
    const entry = await findSend(idempotencyKey, context);
    if (entry !== null && entry.owner !== earlier?.owner) return true;
  }
  return false;
}

/** A repeat is not kept waiting for longer: the caller is to ask again. */
const WAIT_MS = 30_000;
const FIRST_POLL_MS = 20;
const LONGEST_POLL_MS = 500;
const POLL_GROWTH = 1.5;

/** What a wait came to: the entry as it stands, whether an attempt was at work on it, and whether one still is. */
export interface AwaitedSend {
  readonly entry: LedgerEntry;
  readonly wasRunning: boolean;
  readonly isRunning: boolean;
}

/** Waits for a send that another request, here or in another process, is at work on. */
export async function awaitSend(entry: LedgerEntry, context: OperationContext): Promise<AwaitedSend> {
  const giveUpAtMs = performance.now() + WAIT_MS;
  let current = entry;
  let wasRunning = false;
  let pollMs = FIRST_POLL_MS;
  while (await isRunning(current, context)) {
    wasRunning = true;
    if (performance.now() >= giveUpAtMs) return { entry: current, wasRunning, isRunning: true };
    await delay(pollMs, undefined, { signal: context.hangUp.signal });
    pollMs = Math.min(LONGEST_POLL_MS, pollMs * POLL_GROWTH);
    current = (await findSend(entry.idempotencyKey, context)) ?? current;
  }
  return { entry: current, wasRunning, isRunning: false };
}

/**
 * This process knows its own attempts, whatever any clock says. A claim of another process ends by the store's clock, and at
 * once when that process is gone.
 */
async function isRunning(
  { outcome, owner, readAtMs, claimedUntilMs }: LedgerEntry,
  { processId, sendAttempts, store }: OperationContext,
): Promise<boolean> {
  if (outcome !== null) return false;
  const owningProcess = processOf(owner);
  if (owningProcess === processId) return sendAttempts.isRunning(owner);
  return readAtMs < claimedUntilMs && (await orNothingSent(isProcessAlive(store, owningProcess)));
}
