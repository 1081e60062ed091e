import type { Scenario } from '../scenario.ts';
import { surviveOutage } from '../survive-outage.ts';

const MESSAGES = 10_000;

export const scenario: Scenario = {
  summary:
    'ten minutes without webhooks in which 10,000 messages become final: all are found within a quarter of an hour',
  async run({ log }) {
    const gateway = await surviveOutage({ messages: MESSAGES, outage: 'gateway', log });
    const webhooks = await surviveOutage({ messages: MESSAGES, outage: 'webhooks', log });
    return {
      isPassed: gateway.isPassed && webhooks.isPassed,
      counts: {
        ...prefix('gateway down', gateway.counts),
        ...prefix('webhooks lost', webhooks.counts),
      },
    };
  },
};

const prefix = (name: string, counts: Readonly<Record<string, number | string>>) =>
  Object.fromEntries(Object.entries(counts).map(([what, count]) => [`${name}: ${what}`, count]));
