import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/domain/clock.ts';
import { createLogger } from '../../src/logger.ts';
import { openStore } from '../../src/store/open-store.ts';
import { holdProcessLease, isProcessAlive } from '../../src/store/process-lease.ts';

const logger = createLogger('silent');

function openFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'process-lease-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const open = (processId: string) =>
    openStore({ url: `file:${folder}`, clock: systemClock, logger, processId });
  return open;
}

describe('the lease of a process', () => {
  it('shows that the process lives until it is given up', async () => {
    const store = await openFolder()('a');
    onTestFinished(() => store.close());
    const lease = await holdProcessLease(store, 'a', logger);
    expect(await isProcessAlive(store, 'a')).toBe(true);
    expect(await isProcessAlive(store, 'b')).toBe(false);
    await lease.giveUp();
    expect(await isProcessAlive(store, 'a')).toBe(false);
  });

  it('does not outlive the process in a folder, however it ended', async () => {
    const open = openFolder();
    const before = await open('a');
    await before.leases.acquire('process/a', 'a', 3_600_000);
    await before.close();
    const store = await open('b');
    onTestFinished(() => store.close());
    expect(await isProcessAlive(store, 'a')).toBe(false);
  });
});
