import type { Scenario } from '../scenario.ts';
import { CASES_OF_ANSWERS } from '../twice/cases-of-answers.ts';
import { CASES_OF_HISTORY } from '../twice/cases-of-history.ts';
import { CASES_OF_RESTARTS } from '../twice/cases-of-restarts.ts';
import { CASES_OF_STORES } from '../twice/cases-of-stores.ts';
import { CASES_OF_TIME } from '../twice/cases-of-time.ts';
import { lineOf, runTwiceCase } from '../twice/run-twice-case.ts';

/** Each with each engine that it is about. */
export const TWICE_RUNS = [
  ...CASES_OF_STORES,
  ...CASES_OF_HISTORY,
  ...CASES_OF_ANSWERS,
  ...CASES_OF_TIME,
  ...CASES_OF_RESTARTS,
].flatMap((tried) => tried.engines.map((engine) => ({ name: `${tried.name} (${engine})`, tried, engine })));

export const scenario: Scenario = {
  summary:
    'lost answers, foreign answers, wrong clocks, lost claims, odd histories: nobody is texted twice, and nobody is told of a message of another key',
  async run({ engine, log }) {
    const runs = TWICE_RUNS.filter((run) => engine === null || run.engine.startsWith(engine));
    let failed = 0;
    for (const { name, tried, engine: runEngine } of runs) {
      const verdict = await runTwiceCase(tried, runEngine);
      if (!verdict.isPassed) failed += 1;
      log(`${verdict.isPassed ? 'ok' : 'FAILED'} ${name}: ${lineOf(verdict)}`);
    }
    return { isPassed: failed === 0, counts: { cases: runs.length, failed } };
  },
};
