import { defineConfig } from 'vitest/config';
import { createTallyReporter } from './test/support/tally-reporter.ts';

/** Tests that drive a real browser: apart from `npm test`, which needs nothing but Node. */
export default defineConfig({
  resolve: { alias: { graphql: 'graphql/index.js' } },
  test: {
    include: ['test/browser/**/*.test.ts'],
    reporters: ['default', createTallyReporter()],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
