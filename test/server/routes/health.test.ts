import { describe, expect, it, vi } from 'vitest';
import { createReadinessCheck } from '../../../src/server/routes/health.ts';
import { StoreUnavailableError } from '../../../src/store/store.ts';

const hub = { isConnected: true };
const fineStore = { ping: async () => {} };
const storeThatSays = (error: Error) => ({ ping: () => Promise.reject(error) });
const notDraining = () => false;

describe('readiness', () => {
  it('is given when all parts can work, without causes or warnings', async () => {
    const check = createReadinessCheck({ store: fineStore, hub }, notDraining);
    expect(await check()).toEqual({ isReady: true, failing: [], causes: {}, warnings: [] });
  });

  it('names the reason that the store gives', async () => {
    const store = storeThatSays(new StoreUnavailableError('The disk has no room.'));
    const check = createReadinessCheck({ store, hub }, notDraining);
    expect(await check()).toEqual({
      isReady: false,
      failing: ['store'],
      causes: { store: 'The disk has no room.' },
      warnings: [],
    });
  });

  it('does not repeat an error that nobody foresaw', async () => {
    const store = storeThatSays(new Error('redis://user:secret@host'));
    const { causes } = await createReadinessCheck({ store, hub }, notDraining)();
    expect(causes).toEqual({ store: 'The store failed in a way that is not known.' });
  });

  it('says that the store is slow when it does not answer', async () => {
    vi.useFakeTimers();
    try {
      const check = createReadinessCheck({ store: { ping: () => new Promise(() => {}) }, hub }, notDraining);
      const readiness = check();
      await vi.advanceTimersByTimeAsync(1500);
      expect((await readiness).causes).toEqual({ store: 'The store did not answer within 1500 ms.' });
    } finally {
      vi.useRealTimers();
    }
  });

  it('comes with warnings that do not change it, asked anew each time', async () => {
    let drift: string | null = 'The clock is 40 s off.';
    const parts = { store: fineStore, hub, readinessWarnings: () => (drift === null ? [] : [drift]) };
    const ready = createReadinessCheck(parts, notDraining);
    const draining = createReadinessCheck(parts, () => true);
    expect(await ready()).toMatchObject({ isReady: true, warnings: ['The clock is 40 s off.'] });
    expect(await draining()).toMatchObject({ failing: ['draining'], warnings: ['The clock is 40 s off.'] });
    drift = null;
    expect(await ready()).toMatchObject({ isReady: true, warnings: [] });
  });
});
