import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEventStream } from '../support/event-stream-client.ts';
import { openRawSocket } from '../support/raw-socket.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';
import { CANARY, createTestSchema } from '../support/test-schema.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({
    schema: createTestSchema(),
    parts: {
      receiveWebhook: async () => {
        throw new Error(CANARY);
      },
    },
  });
});
afterAll(() => gateway.close());

const FIELDS: [place: string, query: string, variables?: Record<string, unknown>][] = [
  ['a resolver', '{ crash }'],
  ['a resolver that waits', '{ crashLater }'],
  ['an item of a list', '{ crashInList }'],
  ['a non-null field', '{ crashNonNull }'],
  ['the output of a scalar', '{ fragile }'],
  ['a literal of a scalar', '{ fragileArgument(value: 1) }'],
  ['a variable of a scalar', 'query($v: Fragile!) { fragileArgument(value: $v) }', { v: 1 }],
];
const STREAMS: [place: string, query: string][] = [
  ['the opening of a subscription', 'subscription { crashedTicks { number } }'],
  ['a subscription that runs', 'subscription { crashingTicks { number } }'],
];

const expectMasked = (text: string) => {
  expect(text).not.toContain(CANARY);
  expect(text).not.toContain('.ts');
  expect(text).toContain('INTERNAL_SERVER_ERROR');
  expect(text).toContain('requestId');
};

describe('what goes wrong inside reaches no caller', () => {
  it.each(FIELDS)('over HTTP: %s, interpreted and compiled', async (_place, query, variables) => {
    for (let round = 0; round < 5; round++) {
      const answer = await gateway.post({ query, variables }, { 'x-request-id': `round-${round}` });
      const text = await answer.text();
      expectMasked(text);
      expect(text).toContain(`round-${round}`);
    }
  });

  it.each([...FIELDS, ...STREAMS])('over WebSocket: %s', async (_place, query, variables) => {
    const socket = await openRawSocket(gateway.webSocketUrl);
    socket.send({ type: 'connection_init' });
    await socket.next();
    socket.send({ type: 'subscribe', id: '1', payload: { query, variables } });
    const frames = [await socket.next()];
    if (query.includes('crashingTicks')) frames.push(await socket.next());
    expectMasked(JSON.stringify(frames));
    socket.close();
  });

  it.each([...FIELDS, ...STREAMS])('over SSE: %s', async (_place, query, variables) => {
    const stream = await openEventStream(gateway.graphqlUrl, { query, variables });
    expectMasked(await stream.text());
  });

  it('in an event that a subscriber gets, and the stream goes on', async () => {
    const stream = await openEventStream(gateway.graphqlUrl, {
      query: 'subscription { ticks { number broken } }',
    });
    await expect.poll(() => gateway.parts.hub.subscriberCount).toBe(1);
    await gateway.tick(1);
    await gateway.tick(2);
    const events = [await stream.next(), await stream.next()];
    for (const [index, event] of events.entries()) {
      expectMasked(event.data);
      expect(JSON.parse(event.data)).toMatchObject({ data: { ticks: { number: index + 1, broken: null } } });
    }
    stream.close();
  });

  it('in a webhook', async () => {
    const answer = await fetch(`${gateway.url}/webhooks/delivery`, { method: 'POST', body: '{}' });
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain(CANARY);
  });

  it('and is in the log, with the id that the caller was told', async () => {
    await gateway.post({ query: '{ crash }' }, { 'x-request-id': 'find-me' });
    const line = gateway.logLines.find((each) => each.includes('find-me'));
    expect(line).toContain(CANARY);
  });
});

describe('what is wrong with the request is told', () => {
  it.each([
    ['{', 'GRAPHQL_PARSE_FAILED', /^Syntax Error/],
    ['{ nothing }', 'GRAPHQL_VALIDATION_FAILED', /^Cannot query field "nothing" on type "Query"/],
    ['query($n: Int!) { optional(number: $n) }', 'BAD_USER_INPUT', /^Variable "\$n" of required type "Int!"/],
    ['query A { hello } query B { hello }', 'BAD_USER_INPUT', /name one of them/],
  ])('%s is %s', async (query, code, message) => {
    const answer = (await (await gateway.post({ query })).json()) as { errors: { message: string }[] };
    expect(answer).toMatchObject({ errors: [{ extensions: { code, requestId: expect.any(String) } }] });
    expect(answer.errors[0]?.message).toMatch(message);
  });

  it('by a null where a default would have stood', async () => {
    const query = 'query($n: Int = 5) { optional(number: $n) }';
    for (let round = 0; round < 5; round++) {
      const answer = await gateway.post({ query, variables: { n: null } });
      expect(await answer.json()).toMatchObject({
        data: { optional: null },
        errors: [
          { message: expect.stringMatching(/^Argument "number"/), extensions: { code: 'BAD_USER_INPUT' } },
        ],
      });
    }
  });
});
