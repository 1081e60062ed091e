import { describe, expect, it } from 'vitest';
import { CLAIM_MS, judgeSilence, NOT_SENT_AFTER_MS } from '../../../src/resolvers/sends/prepared-send.ts';
import type { LedgerEntry } from '../../../src/store/send-ledger.ts';

const CLAIMED_MS = Date.parse('2026-02-13T10:30:00Z');
const LONG_MS = CLAIM_MS + NOT_SENT_AFTER_MS;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** @param providerTimeMs the provider's clock at the claim */
const entryAfter = (passedMs: number, providerTimeMs: number | null): LedgerEntry => ({
  workspace: 'main',
  idempotencyKey: 'order-1',
  fingerprint: { inputHash: '', textHash: '', recipients: [], sender: 'MyApp', providerTimeMs },
  owner: 'process/1',
  claimedAtMs: CLAIMED_MS,
  claimedUntilMs: CLAIMED_MS + CLAIM_MS,
  readAtMs: CLAIMED_MS + passedMs,
  signedAttempt: null,
  looks: 0,
  outcome: { kind: 'UNKNOWN' },
});

describe('a history that does not show a send', () => {
  it.each([
    ['before the time is over', LONG_MS - 1, null, null, 'early'],
    ['once the time is over by the only clock that is known', LONG_MS, null, null, 'proof'],
    ['once it is over by both clocks', LONG_MS, 0, LONG_MS, 'proof'],
    [
      'while the store was set forward and the provider knows better',
      LONG_MS + 14 * MINUTE_MS,
      0,
      10_000,
      'early',
    ],
    [
      'while the provider was set forward and the store knows better',
      10_000,
      0,
      LONG_MS + 14 * MINUTE_MS,
      'early',
    ],
    ['for a provider that is 6 minutes behind all the time', LONG_MS, -6 * MINUTE_MS, LONG_MS, 'proof'],
    ['when it may have forgotten it', DAY_MS, 0, DAY_MS, 'late'],
  ] as const)('%s', (_when, passedMs, providerOffsetMs, providerPassedMs, silence) => {
    const startedMs = providerOffsetMs === null ? null : CLAIMED_MS + providerOffsetMs;
    const nowMs = startedMs === null || providerPassedMs === null ? null : startedMs + providerPassedMs;
    expect(judgeSilence(entryAfter(passedMs, startedMs), nowMs)).toBe(silence);
  });
});
