import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tortureSends } from '../../scripts/torture/torture-sends.ts';

// The short form of `npm run torture -- sends`.
it.concurrent.each(['', 'secret of the test'])(
  'texts nobody twice and knows every outcome in the end, with the signing secret %j',
  async (apiSecret) => {
    const folder = await mkdtemp(join(tmpdir(), 'torture-sends-'));
    try {
      const { counts, isPassed } = await tortureSends({
        storeUrl: `file:${folder}`,
        apiSecret,
        sends: 100,
        kills: 1,
        concurrency: 10,
        log: () => undefined,
      });
      expect(counts).toMatchObject({
        duplicates: 0,
        'never sent': 0,
        'still unknown': 0,
        'told another message': 0,
      });
      expect(isPassed).toBe(true);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
  60_000,
);
