import { expect, it } from 'vitest';
import { type CrashOptions, crashUnderLoad } from '../../scripts/torture/crash-under-load.ts';

// The short form of `npm run torture -- crash`.
const KILLS = 3;
const crash = (run: Pick<CrashOptions, 'engine' | 'victim' | 'replicas'>) =>
  crashUnderLoad({ ...run, kills: KILLS, reportsPerSecond: 200, log: () => undefined });

it.each([
  { what: 'a gateway on the embedded engine', engine: 'embedded', victim: 'gateway', replicas: 1 },
  { what: 'one of two gateways on Redis', engine: 'redis', victim: 'gateway', replicas: 2 },
  { what: 'the Redis below two gateways', engine: 'redis', victim: 'redis', replicas: 2 },
] as const)(
  'loses no acknowledged report when $what is killed at random moments',
  async (run) => {
    const { counts, isPassed } = await crash(run);
    expect(counts).toMatchObject({ kills: KILLS, lost: 0, twice: 0 });
    expect(counts['acknowledged']).toBeGreaterThan(KILLS);
    expect(isPassed).toBe(true);
  },
  120_000,
);
