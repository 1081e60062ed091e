import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { openEventStream } from '../support/event-stream-client.ts';
import { runSimulated } from '../support/run-gateway.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const queries = Array.from(readme.matchAll(/```graphql\n(.*?)```/gs), ([, query = '']) => query);

it('the queries of the README work as they stand there: send, follow, and send again with the same key', async () => {
  const { ask, graphqlUrl, simulator } = await runSimulated({
    provider: { timings: { sentAfterMs: 10, deliveredAfterMs: 100 } },
  });
  const [send = '', follow = ''] = queries;
  expect(queries).toHaveLength(2);
  const { data } = await ask(send);
  const [{ messageId, status }] = data.sendSms.recipients;
  expect([data.sendSms.__typename, status, data.sendSms.isReplay]).toEqual(['SendResult', 'ACCEPTED', false]);

  const stream = await openEventStream(graphqlUrl, { query: follow.replace('api_42_…', messageId) });
  const events = (await stream.text()).split('\n\n');
  expect(events.filter((event) => event.includes('"DELIVERED"'))).toHaveLength(1);
  expect(events.some((event) => event.startsWith('event: complete'))).toBe(true);

  const again = await ask(send);
  expect(again.data.sendSms).toMatchObject({ isReplay: true, recipients: [{ messageId }] });
  expect(simulator.acceptedCount).toBe(1);
});
