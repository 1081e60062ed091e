import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/domain/clock.ts';
import { createLogger } from '../../src/logger.ts';
import { countStoreErrors } from '../../src/main/count-store-errors.ts';
import { createMetrics } from '../../src/metrics.ts';
import { openStore } from '../../src/store/open-store.ts';
import { type Store, StoreUnavailableError } from '../../src/store/store.ts';

let folder: string;
let store: Store;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'store-'));
  store = await openStore({
    url: `file:${folder}`,
    clock: systemClock,
    logger: createLogger('silent'),
    processId: 'test',
  });
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const away = async () => Promise.reject(new StoreUnavailableError('away'));

describe('errors of the store', () => {
  it('are counted by the part that could not answer, and reach the caller as they are', async () => {
    const metrics = createMetrics({ process: false });
    const failing = countStoreErrors(
      { ...store, ping: away, leases: { ...store.leases, acquire: away } },
      metrics,
    );
    await expect(failing.ping()).rejects.toBeInstanceOf(StoreUnavailableError);
    await expect(failing.leases.acquire('a', 'b', 1)).rejects.toBeInstanceOf(StoreUnavailableError);
    const text = await metrics.render();
    expect(text).toContain('gateway_store_errors_total{part="ping"} 1');
    expect(text).toContain('gateway_store_errors_total{part="leases"} 1');
    expect(text).toContain('gateway_store_errors_total{part="sends"} 0');
  });

  it('are none while the store answers', async () => {
    const metrics = createMetrics({ process: false });
    const counted = countStoreErrors(store, metrics);
    await counted.ping();
    expect(await counted.leases.acquire('lease', 'me', 1000)).toBe(true);
    expect(await counted.watches.size()).toBe(0);
    expect(await counted.log.bounds()).toMatchObject({ newest: '0-0' });
    expect(await metrics.render()).not.toMatch(/gateway_store_errors_total\{.*\} [1-9]/);
  });
});
