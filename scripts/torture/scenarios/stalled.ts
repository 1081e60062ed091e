import type { Scenario } from '../scenario.ts';
import { stallSubscriber } from '../stall-subscriber.ts';

export const scenario: Scenario = {
  summary:
    'one stalled socket among 500 at 500 reports a second for a minute: it is ended, and nobody else notices',
  run: ({ rounds, log }) =>
    stallSubscriber({
      subscribers: 500,
      reportsPerSecond: 500,
      windows: rounds ?? 4,
      windowSeconds: 15,
      log,
    }),
};
