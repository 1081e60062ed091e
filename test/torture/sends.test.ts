import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { tortureSends } from '../../scripts/torture/torture-sends.ts';

// The short form of `npm run torture -- sends`.
it.each(['', 'secret of the test'])(
  'texts nobody twice and knows every outcome in the end, with the signing secret %j',
  async (apiSecret) => {
    const folder = await mkdtemp(join(tmpdir(), 'torture-sends-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const { counts, isPassed } = await tortureSends({
      storeUrl: `file:${folder}`,
      apiSecret,
      sends: 150,
      kills: 1,
      concurrency: 15,
      log: () => undefined,
    });
    expect(counts).toMatchObject({
      duplicates: 0,
      'never sent': 0,
      'still unknown': 0,
      'told another message': 0,
    });
    expect(isPassed).toBe(true);
  },
  60_000,
);
