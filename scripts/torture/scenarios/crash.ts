import { crashEmbedded } from '../crash-embedded.ts';
import { crashRedis } from '../crash-redis.ts';
import type { Scenario, TortureResult } from '../scenario.ts';

const ROUNDS = 100;

export const scenario: Scenario = {
  summary:
    'kill -9 at random moments under 500 reports a second, of the process that appends and of Redis: nothing acknowledged is lost',
  async run({ engine, rounds, log }) {
    const results: Record<string, TortureResult> = {};
    if (engine !== 'redis') results['embedded'] = await crashEmbedded(rounds ?? ROUNDS, log);
    if (engine !== 'embedded') results['redis'] = await crashRedis(rounds ?? ROUNDS, log);
    return {
      isPassed: Object.values(results).every(({ isPassed }) => isPassed),
      counts: Object.fromEntries(
        Object.entries(results).flatMap(([name, { counts }]) =>
          Object.entries(counts).map(([what, count]) => [`${name} ${what}`, count]),
        ),
      ),
    };
  },
};
