import { describe, expect, it } from 'vitest';
import { isFinalStatus, parseMessageStatus } from '../../src/domain/message-status.ts';

describe('parseMessageStatus', () => {
  it.each([
    ['pending', 'PENDING', false],
    ['sent', 'SENT', false],
    ['ENROUTE', 'EN_ROUTE', false],
    ['ACCEPTD', 'ACCEPTED', false],
    ['DELIVRD', 'DELIVERED', true],
    ['UNDELIV', 'UNDELIVERED', true],
    ['REJECTD', 'REJECTED', true],
    ['EXPIRED', 'EXPIRED', true],
    ['DELETED', 'DELETED', true],
    ['UNKNOWN', 'UNKNOWN', true],
    ['failed', 'FAILED', true],
  ] as const)('reads the provider term %s as %s, final: %s', (term, status, isFinal) => {
    expect(parseMessageStatus(term)).toBe(status);
    expect(isFinalStatus(status)).toBe(isFinal);
  });

  it.each(['TELEPORTED', '', 'constructor', '__proto__'])(
    'does not guess at %j, and keeps asking',
    (term) => {
      expect(parseMessageStatus(term)).toBe('UNRECOGNIZED');
      expect(isFinalStatus(parseMessageStatus(term))).toBe(false);
    },
  );
});
