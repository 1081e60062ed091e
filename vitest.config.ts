import { defineConfig } from 'vitest/config';
import { createTallyReporter } from './test/support/tally-reporter.ts';

/** They load the machine on purpose, or count what it does under load: each has it for itself, after all others. */
const HEAVY = ['test/torture/**/*.test.ts', 'test/attack/**/*.test.ts', 'test/bench/**/*.test.ts'];

export default defineConfig({
  // Without the alias vitest loads graphql twice (ESM and CommonJS), and instanceof checks fail.
  resolve: { alias: { graphql: 'graphql/index.js' } },
  test: {
    globalSetup: ['test/support/ensure-redis-server.ts'],
    reporters: ['default', createTallyReporter()],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    maxConcurrency: 3,
    projects: [
      {
        extends: true,
        test: {
          name: 'tests',
          include: ['test/**/*.test.ts'],
          // `npm run test:browser`: they need a browser, these need nothing but Node
          exclude: ['test/browser/**', ...HEAVY],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'under load', include: HEAVY, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
