import { postEverywhere } from '../post-everywhere.ts';
import type { Scenario } from '../scenario.ts';

const REPORTS = 5000;

export const scenario: Scenario = {
  summary:
    'each report three times, to three gateways at once: exactly one entry in the log, one event for each subscriber',
  run: ({ rounds }) => postEverywhere({ replicas: 3, reports: rounds ?? REPORTS, reportsPerSecond: 500 }),
};
