import { setTimeout as delay } from 'node:timers/promises';
import type { OperationContext } from '../../context.ts';
import { isProcessAlive } from '../../store/process-lease.ts';
import type { LedgerEntry } from '../../store/store.ts';
import { findSend } from './claim-send.ts';
import { orNothingSent } from './or-nothing-sent.ts';
import { processOf } from './send-owner.ts';

/** A repeat is not kept waiting for longer: it is told to ask again. */
const WAIT_MS = 30_000;
const FIRST_POLL_MS = 20;
const LONGEST_POLL_MS = 500;
const POLL_GROWTH = 1.5;

/** What a wait came to: the entry as it stands, whether somebody was at work on it, and whether somebody still is. */
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

/** A claim whose process is gone is abandoned, however long it was made for. */
async function isRunning(
  entry: LedgerEntry,
  { clock, processId, store }: OperationContext,
): Promise<boolean> {
  if (entry.outcome !== null || clock.now() >= entry.claimedUntilMs) return false;
  const owner = processOf(entry.owner);
  return owner === processId || (await orNothingSent(isProcessAlive(store, owner)));
}
