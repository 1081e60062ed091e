import { appendThrice } from '../append-thrice.ts';
import type { Scenario } from '../scenario.ts';

const REPORTS = 5000;

export const scenario: Scenario = {
  summary: 'each report three times, by three processes at once on one Redis: exactly one entry in the log',
  run: ({ rounds }) => appendThrice(rounds ?? REPORTS),
};
