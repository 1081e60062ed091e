import { type CrashOptions, crashUnderLoad } from '../crash-under-load.ts';
import type { Scenario, TortureResult } from '../scenario.ts';

const KILLS = 100;

/** What is killed, and where the reports are kept. */
const RUNS = {
  'gateway, embedded': { engine: 'embedded', victim: 'gateway', replicas: 1 },
  'gateways on Redis': { engine: 'redis', victim: 'gateway', replicas: 2 },
  'Redis itself': { engine: 'redis', victim: 'redis', replicas: 2 },
} as const satisfies Record<string, Pick<CrashOptions, 'engine' | 'victim' | 'replicas'>>;

export const scenario: Scenario = {
  summary:
    'kill -9 at random moments under 500 signed reports a second, of gateways on either engine and of Redis: nothing acknowledged is lost',
  async run({ engine, rounds, log }) {
    const results: Record<string, TortureResult> = {};
    for (const [name, run] of Object.entries(RUNS)) {
      if (engine !== null && engine !== run.engine) continue;
      log(name);
      results[name] = await crashUnderLoad({ ...run, kills: rounds ?? KILLS, reportsPerSecond: 500, log });
    }
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
