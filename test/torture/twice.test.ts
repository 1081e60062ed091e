import { describe, expect, it } from 'vitest';
import { TWICE_RUNS } from '../../scripts/torture/scenarios/twice.ts';
import { runTwiceCase } from '../../scripts/torture/twice/run-twice-case.ts';

/** Every case of `npm run torture -- twice` once: what both engines can show, on the embedded one. */
const RUNS = TWICE_RUNS.filter(({ tried, engine }) => tried.engines[0] === engine);

describe('a person is not texted twice', () => {
  // The time of a case is spent waiting, so a few of them can wait together.
  it.concurrent.each(RUNS.map((run) => [run.name, run] as const))(
    '%s',
    async (_name, { tried, engine }) => {
      const { counts, problems, isPassed } = await runTwiceCase(tried, engine);
      expect(counts).toMatchObject({ doubles: 0, 'wrongly told': 0 });
      expect(problems).toEqual([]);
      expect(isPassed).toBe(true);
    },
    180_000,
  );
});
