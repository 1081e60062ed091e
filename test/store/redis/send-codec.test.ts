import { describe, expect, it } from 'vitest';
import {
  decodeClaim,
  decodeOutcome,
  encodeClaim,
  encodeOutcome,
} from '../../../src/store/redis/send-codec.ts';
import type { SendOutcome } from '../../../src/store/send-ledger.ts';
import { NOT_SENT, REFUSED, SENT, sendClaim, UNKNOWN } from '../conformance/send-claim.ts';

const idOf = (rest: string) => `api_42_1743667200123456789_${rest}`;

const MIXED: SendOutcome = {
  ...SENT,
  receipt: {
    ...SENT.receipt,
    recipients: [
      { recipient: '+14155551234', status: 'ACCEPTED', messageId: idOf('a3f8b2c1d9e45f67'), segments: 2 },
      { recipient: '+447911123456', status: 'BLOCKED_COUNTRY', messageId: null, segments: null },
      {
        recipient: '+447911123457',
        status: 'UNRECOGNIZED',
        messageId: idOf('a3f8b2c1d9e45f68'),
        segments: 0,
      },
      { recipient: '+447911123458', status: 'ACCEPTED', messageId: 'of another form', segments: 1 },
    ],
    isSandbox: true,
  },
};

describe('what a ledger on Redis keeps of a send', () => {
  it.each([null, SENT, MIXED, { ...MIXED, isPartial: true }, REFUSED, NOT_SENT, UNKNOWN])(
    'comes back as it was: %#',
    (outcome) => {
      expect(decodeOutcome(encodeOutcome(outcome))).toEqual(outcome);
    },
  );

  it('reads what an earlier version wrote', () => {
    expect(decodeOutcome(JSON.stringify(MIXED))).toEqual(MIXED);
    const { workspace, idempotencyKey, fingerprint } = sendClaim();
    const claim = { workspace, idempotencyKey, fingerprint };
    expect(decodeClaim(JSON.stringify(claim))).toEqual(claim);
    expect(decodeClaim(encodeClaim(claim))).toEqual(claim);
  });

  it('takes some 40 bytes for one recipient more', () => {
    const outcomeOf = (count: number): SendOutcome => ({
      ...SENT,
      receipt: {
        ...SENT.receipt,
        recipients: Array.from({ length: count }, (_, index) => ({
          recipient: `+44791112${1000 + index}`,
          status: 'ACCEPTED',
          messageId: idOf(`${index}`.padStart(16, 'a')),
          segments: 1,
        })),
      },
    });
    const more = encodeOutcome(outcomeOf(100)).length - encodeOutcome(outcomeOf(1)).length;
    expect(more / 99).toBeLessThan(45);
  });
});
