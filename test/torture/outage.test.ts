import { expect, it } from 'vitest';
import { surviveOutage } from '../../scripts/torture/survive-outage.ts';

// The short form of `npm run torture -- outage`.
const messages = 200;
const log = () => undefined;

it.each(['gateway', 'webhooks'] as const)(
  'finds every report within a quarter of an hour after the %s were out for ten minutes',
  async (outage) => {
    const { isPassed, counts } = await surviveOutage({ messages, outage, log });
    expect(counts).toMatchObject({ messages, missing: 0, twice: 0 });
    expect(counts['most calls in a second']).toBeLessThanOrEqual(200);
    expect(isPassed).toBe(true);
  },
  60_000,
);
