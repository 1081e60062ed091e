import { describe, expect, it } from 'vitest';
import type { Refusal } from '../../../src/rest/failures/failures.ts';
import { classOf, provenVerdictOf, verdictOf } from '../../../src/rest/failures/verdict.ts';

const refusalOf = (status: number, errorCode: string | null): Refusal => ({
  status,
  errorCode,
  retryAfterMs: null,
  envelope: errorCode === null ? {} : { status: false, error_code: errorCode },
});

// Status and code of an answer, what it means to a read, and what it proves about a send.
const TABLE = [
  [400, 'INVALID_TO', 'invalid', 'invalid'],
  [401, 'INVALID_API_KEY', 'credentials', 'credentials'],
  [401, 'INVALID_SIGNATURE', 'credentials', 'unclear'],
  [402, 'INSUFFICIENT_BALANCE', 'balance', 'balance'],
  [403, 'NO_SMS_ACCESS', 'forbidden', 'forbidden'],
  [404, 'NOT_FOUND', 'missing', 'missing'],
  [429, 'RATE_LIMIT_EXCEEDED', 'rate_limited', 'rate_limited'],
  [500, 'DB_ERROR', 'rolled_back', 'rolled_back'],
  [500, 'INTERNAL_ERROR', 'fault', 'fault'],
  [503, 'SANDBOX_UNAVAILABLE', 'fault', 'fault'],
  // A documented code under another status: a read takes it at its word, a send proves nothing.
  [200, 'FORBIDDEN', 'forbidden', 'unclear'],
  [403, 'INVALID_TO', 'invalid', 'unclear'],
  [429, 'INVALID_TO', 'rate_limited', 'unclear'],
  [503, 'DB_ERROR', 'fault', 'unclear'],
  [400, 'DB_ERROR', 'invalid', 'unclear'],
  // Without a documented code the status decides what it means, and proves nothing.
  [400, null, 'invalid', 'unclear'],
  [401, null, 'credentials', 'unclear'],
  [402, null, 'balance', 'unclear'],
  [403, 'SOMEHOW_NEW', 'forbidden', 'unclear'],
  [404, null, 'missing', 'unclear'],
  [413, null, 'forbidden', 'unclear'],
  [429, null, 'rate_limited', 'unclear'],
  [502, null, 'fault', 'unclear'],
  [302, null, 'unclear', 'unclear'],
] as const;

describe('what a status and a code mean', () => {
  it.each(TABLE)('%i %s: %s to a read, %s of a send', (status, errorCode, toRead, ofSend) => {
    expect(verdictOf(refusalOf(status, errorCode))).toBe(toRead);
    expect(provenVerdictOf(refusalOf(status, errorCode))).toBe(ofSend);
  });

  it('proves nothing about a send outside the envelope of the provider', () => {
    const bare = { ...refusalOf(400, 'INVALID_TO'), envelope: { error_code: 'INVALID_TO' } };
    expect(provenVerdictOf(bare)).toBe('unclear');
  });

  it.each([
    [200, 'ok'],
    [204, 'ok'],
    [302, 'refused'],
    [404, 'refused'],
    [429, 'rate_limited'],
    [500, 'fault'],
  ] as const)('a %i is %s of the provider', (status, statusClass) => {
    expect(classOf(status)).toBe(statusClass);
  });
});
