import { describe, expect, it, onTestFinished } from 'vitest';
import { createLogger } from '../../src/logger.ts';
import { startClockWatch } from '../../src/main/clock-watch.ts';

const NOW_MS = Date.parse('2026-02-13T10:30:00Z');
const MINUTE_MS = 60_000;

function watchClocks(storeMs: number | null, providerMs: number | null) {
  const watch = startClockWatch({
    store: { clockMs: () => storeMs },
    providers: new Map([['main', { clockMs: () => providerMs }]]),
    clock: { now: () => NOW_MS },
    logger: createLogger('silent'),
  });
  onTestFinished(watch.close);
  return watch.warnings();
}

describe('clocks that a gateway works with', () => {
  it('are fine while they agree, and while nothing is known of them', () => {
    expect(watchClocks(NOW_MS + 2000, NOW_MS - 2000)).toEqual([]);
    expect(watchClocks(null, null)).toEqual([]);
  });

  it('are named when they differ, with how much and which way', () => {
    expect(watchClocks(NOW_MS + 14 * MINUTE_MS, NOW_MS - 6 * MINUTE_MS)).toEqual([
      "The clock of the store is 840 s ahead of this machine's: keep both in time (NTP).",
      "The clock of the provider (workspace main) is 360 s behind this machine's: keep both in time (NTP).",
    ]);
  });
});
