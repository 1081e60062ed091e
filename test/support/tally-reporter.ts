import type { Reporter, TestModule } from 'vitest/node';

/**
 * Ends the run with one plain line, `12 passed, 0 failed`, from the runner's own results: for scripts that read the last line.
 * A file that could not be loaded and an error outside of any test count as failures too.
 */
export function createTallyReporter(): Reporter {
  return {
    onTestRunEnd(modules, unhandledErrors) {
      const states = modules.flatMap((module) =>
        [...module.children.allTests()].map((test) => test.result().state),
      );
      const count = (state: string) => states.filter((candidate) => candidate === state).length;
      const failed = count('failed') + modules.filter(isBroken).length + unhandledErrors.length;
      const skipped = count('skipped') + count('pending');
      process.stdout.write(
        `${count('passed')} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`,
      );
    },
  };
}

/** Failed without any test of its own that failed: it did not load, or a hook threw. */
const isBroken = (module: TestModule): boolean =>
  module.state() === 'failed' && ![...module.children.allTests('failed')].length;
