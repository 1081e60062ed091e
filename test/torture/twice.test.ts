import { expect, it } from 'vitest';
import { TWICE_RUNS } from '../../scripts/torture/scenarios/twice.ts';
import { runTwiceCase } from '../../scripts/torture/twice/run-twice-case.ts';

// Every case of `npm run torture -- twice`.
it.each(TWICE_RUNS.map((run) => [run.name, run] as const))(
  'texts nobody twice: %s',
  async (_name, { tried, engine }) => {
    const { counts, problems, isPassed } = await runTwiceCase(tried, engine);
    expect(counts).toMatchObject({ doubles: 0, 'wrongly told': 0 });
    expect(problems).toEqual([]);
    expect(isPassed).toBe(true);
  },
  180_000,
);
