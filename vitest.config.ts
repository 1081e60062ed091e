import { defineConfig } from 'vitest/config';
import { createTallyReporter } from './test/support/tally-reporter.ts';

export default defineConfig({
  // Without the alias vitest loads graphql twice (ESM and CommonJS), and instanceof checks fail.
  resolve: { alias: { graphql: 'graphql/index.js' } },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/browser/**'], // `npm run test:browser`: they need a browser, these need nothing but Node
    globalSetup: ['test/support/ensure-redis-server.ts'],
    reporters: ['default', createTallyReporter()],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    maxWorkers: 2,
    maxConcurrency: 3,
  },
});
