import { describe, expect, it } from 'vitest';
import { createProviderClock } from '../../../src/rest/client/provider-clock.ts';

const DATE = 'Fri, 13 Feb 2026 10:30:00 GMT';
const TOLD_MS = Date.parse(DATE);

describe("the provider's clock", () => {
  it('is not known before an answer told it', () => {
    const clock = createProviderClock();
    expect(clock.now()).toBeNull();
    clock.note({});
    clock.note({ date: 'yesterday' });
    expect(clock.now()).toBeNull();
  });

  it('goes on from the last answer', () => {
    const clock = createProviderClock();
    clock.note({ date: 'Fri, 13 Feb 2026 09:00:00 GMT' });
    clock.note({ date: DATE });
    expect((clock.now() ?? 0) - TOLD_MS).toBeGreaterThanOrEqual(0);
    expect((clock.now() ?? 0) - TOLD_MS).toBeLessThan(60_000);
  });

  it('is not taken from what a cache answered', () => {
    const clock = createProviderClock();
    clock.note({ date: DATE, age: '3600' });
    expect(clock.now()).toBeNull();
  });
});
