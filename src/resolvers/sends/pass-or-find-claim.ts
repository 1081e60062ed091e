import { setTimeout as delay } from 'node:timers/promises';
import type { OperationContext } from '../../context.ts';
import { SendRefusedError } from '../../domain/errors.ts';
import type { LedgerEntry } from '../../store/store.ts';
import { type GuardPass, passGuards } from '../send-guards/pass-guards.ts';
import { findSend } from './claim-send.ts';
import { orNothingSent } from './or-nothing-sent.ts';
import type { PreparedSend } from './prepared-send.ts';

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
