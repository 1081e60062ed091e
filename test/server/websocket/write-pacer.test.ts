import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createWritePacer } from '../../../src/server/websocket/write-pacer.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the write pacer', () => {
  it('lets the first of a quiet moment leave in this turn, with all that come in it', () => {
    const pacer = createWritePacer();
    const flushed: string[] = [];
    pacer.soon(() => flushed.push('first'));
    pacer.soon(() => flushed.push('second'));
    expect(flushed).toEqual([]);
    vi.advanceTimersByTime(0);
    expect(flushed).toEqual(['first', 'second']);
  });

  it('holds those that follow at once for a moment, and lets them leave together', () => {
    const pacer = createWritePacer();
    const flushed: string[] = [];
    pacer.soon(() => flushed.push('first'));
    vi.advanceTimersByTime(0);
    pacer.soon(() => flushed.push('second'));
    vi.advanceTimersByTime(20);
    pacer.soon(() => flushed.push('third'));
    expect(flushed).toEqual(['first']);
    vi.advanceTimersByTime(5);
    expect(flushed).toEqual(['first', 'second', 'third']);
  });

  it('is quick again after a quiet moment', () => {
    const pacer = createWritePacer();
    const flushed: number[] = [];
    for (const event of [1, 2, 3]) {
      pacer.soon(() => flushed.push(event));
      vi.advanceTimersByTime(0);
      vi.advanceTimersByTime(100);
    }
    expect(flushed).toEqual([1, 2, 3]);
    pacer.soon(() => flushed.push(4));
    vi.advanceTimersByTime(0);
    expect(flushed).toHaveLength(4);
  });

  it('keeps what is asked while it flushes for the next time', () => {
    const pacer = createWritePacer();
    const flushed: string[] = [];
    pacer.soon(() => pacer.soon(() => flushed.push('later')));
    vi.advanceTimersByTime(0);
    expect(flushed).toEqual([]);
    vi.advanceTimersByTime(25);
    expect(flushed).toEqual(['later']);
  });
});
