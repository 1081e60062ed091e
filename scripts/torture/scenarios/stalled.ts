import type { Scenario } from '../scenario.ts';
import { stallSubscriber } from '../stall-subscriber.ts';

export const scenario: Scenario = {
  summary:
    'one stalled subscriber among 500 at 500 reports a second for a minute: it is ended, and nobody else notices',
  run: ({ log }) => stallSubscriber({ subscribers: 500, reportsPerSecond: 500, seconds: 60, log }),
};
