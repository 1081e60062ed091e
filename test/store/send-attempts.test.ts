import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createSendAttempts } from '../../src/store/send-attempts.ts';
import type { SendOutcome } from '../../src/store/send-ledger.ts';
import { SENT } from './conformance/send-claim.ts';

const NOT_SENT: SendOutcome = { kind: 'NOT_SENT', reason: 'the claim was not confirmed' };
const UNKNOWN: SendOutcome = { kind: 'UNKNOWN' };
const isAway = () => Promise.reject(new Error('The store is away.'));

function openAttempts() {
  const attempts = createSendAttempts();
  onTestFinished(attempts.close);
  return attempts;
}

describe('the attempts of a process', () => {
  it('run until their work is over, however it ends', async () => {
    const attempts = openAttempts();
    const failing = attempts.run('a', async () => {
      expect(attempts.isRunning('a')).toBe(true);
      expect(attempts.isRunning('b')).toBe(false);
      throw new Error('cut');
    });
    await expect(failing).rejects.toThrow('cut');
    expect(attempts.isRunning('a')).toBe(false);
  });

  it('keep an outcome that could not be written down until the store takes it', async () => {
    const attempts = openAttempts();
    let isBack = false;
    attempts.writeLater('a', { outcome: SENT, write: async () => (isBack ? null : isAway()) });
    expect(attempts.unwrittenOutcome('a')).toEqual(SENT);
    isBack = true;
    await vi.waitFor(() => expect(attempts.unwrittenOutcome('a')).toBeNull(), { timeout: 5000 });
  });

  it('never give up what is known for what a later look could not tell', () => {
    const attempts = openAttempts();
    const outcomes = [UNKNOWN, NOT_SENT, UNKNOWN, SENT, NOT_SENT, UNKNOWN];
    const standing = outcomes.map((outcome) => {
      attempts.writeLater('a', { outcome, write: isAway });
      return attempts.unwrittenOutcome('a')?.kind;
    });
    expect(standing).toEqual(['UNKNOWN', 'NOT_SENT', 'NOT_SENT', 'SENT', 'SENT', 'SENT']);
  });
});
