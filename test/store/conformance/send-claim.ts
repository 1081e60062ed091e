import type { SendClaim, SendOutcome } from '../../../src/store/send-ledger.ts';

/** Long enough that no claim of a test ends by itself. */
export const HOLD_MS = 60_000;

/** A claim with everything in it, changed as a test needs it. */
export const sendClaim = (changes: Partial<SendClaim> = {}): SendClaim => ({
  workspace: 'main',
  idempotencyKey: 'order-1',
  fingerprint: {
    inputHash: 'input-hash',
    textHash: 'text-hash',
    recipients: ['+14155551234', '+447911123456'],
    sender: 'MyApp',
    providerTimeMs: 1_770_978_600_000,
  },
  owner: 'process-1/1',
  ...changes,
});

export const SENT: Extract<SendOutcome, { kind: 'SENT' }> = {
  kind: 'SENT',
  receipt: {
    // An empty list stays a list: a store that mixes it up with an empty object would break the answer.
    recipients: [],
    summary: {
      totalRecipients: 2,
      totalSegments: 2,
      totalCost: '0.0170',
      encoding: 'GSM_7',
      acceptedCount: 2,
      blockedCount: 0,
      queueErrorCount: 0,
      configErrorCount: 0,
      dbErrorCount: 0,
    },
    isSandbox: false,
  },
};

export const REFUSED: SendOutcome = {
  kind: 'REFUSED',
  error: {
    code: 'INSUFFICIENT_BALANCE',
    message: 'The balance is too low.',
    details: { list: [], none: null },
  },
};

export const NOT_SENT: SendOutcome = { kind: 'NOT_SENT', reason: 'connection refused' };
export const UNKNOWN: SendOutcome = { kind: 'UNKNOWN' };
