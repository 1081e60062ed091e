import type { Scenario } from '../scenario.ts';
import { surviveFailovers } from '../survive-failovers.ts';

const PROMOTIONS = 20;

export const scenario: Scenario = {
  summary:
    'the replica of Redis is promoted twenty times under 200 reports and 20 sends a second: nothing acknowledged is lost, nobody is texted twice',
  run: ({ rounds, log }) =>
    surviveFailovers({
      promotions: rounds ?? PROMOTIONS,
      reportsPerSecond: 200,
      sendsPerSecond: 20,
      longestLifeMs: 5000,
      patienceMs: 35_000, // longer than a gateway lets a repeat wait
      log,
    }),
};
