import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedisServer } from '../../../test/support/redis-server.ts';
import type { Scenario, TortureResult } from '../scenario.ts';
import { type TortureSendsOptions, tortureSends } from '../torture-sends.ts';

const SENDS = 5000;
const CONCURRENCY = 25;
/** A kill hits most of the sends under way: together one send in twenty. */
const KILLS = Math.ceil((SENDS * 0.08) / CONCURRENCY);

type Run = Omit<TortureSendsOptions, 'storeUrl' | 'apiSecret'>;

export const scenario: Scenario = {
  summary:
    '5,000 sends, one answer in ten cut after acceptance, one send in twenty killed: nobody is texted twice, every outcome is known',
  async run({ engine, rounds, log }) {
    const run: Run = { sends: SENDS, concurrency: CONCURRENCY, kills: rounds ?? KILLS, log };
    const results: Record<string, TortureResult> = {};
    if (engine !== 'redis') {
      results['embedded'] = await inFolder((storeUrl) => tortureSends({ ...run, storeUrl, apiSecret: '' }));
      results['embedded, signed'] = await inFolder((storeUrl) =>
        tortureSends({ ...run, storeUrl, apiSecret: 'secret of the torture' }),
      );
    }
    if (engine !== 'embedded') results['redis'] = await onRedis(run);
    return {
      isPassed: Object.values(results).every(({ isPassed }) => isPassed),
      counts: Object.fromEntries(
        Object.entries(results).flatMap(([name, { counts }]) =>
          Object.entries(counts).map(([what, count]) => [`${name}: ${what}`, count]),
        ),
      ),
    };
  },
};

async function inFolder(run: (storeUrl: string) => Promise<TortureResult>): Promise<TortureResult> {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-torture-'));
  try {
    return await run(`file:${folder}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function onRedis(run: Run): Promise<TortureResult> {
  const server = await startRedisServer();
  try {
    return await tortureSends({ ...run, storeUrl: server.url, apiSecret: '' });
  } finally {
    await server.stop();
  }
}
