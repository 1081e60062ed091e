import { setTimeout as delay } from 'node:timers/promises';
import type { OperationContext } from '../../context.ts';
import type { LedgerEntry } from '../../store/store.ts';
import { findSend } from './claim-send.ts';

/** A repeat is not kept waiting for longer: it is told to ask again. */
const WAIT_MS = 30_000;
const FIRST_POLL_MS = 20;
const LONGEST_POLL_MS = 500;
const POLL_GROWTH = 1.5;

export const isRunning = (entry: LedgerEntry, nowMs: number): boolean =>
  entry.outcome === null && nowMs < entry.claimedUntilMs;

/**
 * Waits for a send that another request, here or in another process, is at work on. Returns the entry as it stands at
 * the end of the wait, possibly still running.
 */
export async function awaitSend(entry: LedgerEntry, context: OperationContext): Promise<LedgerEntry> {
  const giveUpAtMs = performance.now() + WAIT_MS;
  let current = entry;
  let pollMs = FIRST_POLL_MS;
  while (isRunning(current, context.clock.now()) && performance.now() < giveUpAtMs) {
    await delay(pollMs, undefined, { signal: context.signal });
    pollMs = Math.min(LONGEST_POLL_MS, pollMs * POLL_GROWTH);
    current = (await findSend(entry.idempotencyKey, context)) ?? current;
  }
  return current;
}
