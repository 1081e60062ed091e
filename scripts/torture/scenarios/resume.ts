import { resumeSubscribers } from '../resume-subscribers.ts';
import type { Scenario } from '../scenario.ts';

const REPLICAS = 3;

export const scenario: Scenario = {
  summary:
    '200 subscribers, three replicas restarted one after the other (SIGTERM, then kill -9) under 200 reports a second: nobody misses an event',
  run: ({ rounds, log }) =>
    resumeSubscribers({
      replicas: REPLICAS,
      ...{ sockets: 160, streams: 20, followers: 20, reportsPerSecond: 200, log },
      ...{ pauseMs: 1000, noticeMs: 2000 },
      signals: Array.from({ length: rounds ?? 1 }, () => EACH_IN_TURN).flat(),
    }),
};

const EACH_IN_TURN: readonly NodeJS.Signals[] = [
  ...Array.from({ length: REPLICAS }, () => 'SIGTERM' as const),
  ...Array.from({ length: REPLICAS }, () => 'SIGKILL' as const),
];
