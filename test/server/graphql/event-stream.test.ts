import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openEventStream } from '../../support/event-stream-client.ts';
import { startTestGateway, type TestGateway } from '../../support/test-gateway.ts';
import { createTestSchema } from '../../support/test-schema.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ schema: createTestSchema(), env: { LIMIT_STREAMS_PER_CALLER: '3' } });
});
afterAll(() => gateway.close());
afterEach(() => expect.poll(() => gateway.parts.hub.subscriberCount).toBe(0));

const open = (body: unknown, headers?: Record<string, string>) =>
  openEventStream(gateway.graphqlUrl, body, headers);
const subscribers = () => expect.poll(() => gateway.parts.hub.subscriberCount);
const numberOf = (data: string): unknown => JSON.parse(data).data.ticks.number;

describe('a stream of server-sent events', () => {
  it('carries each event as `next`, its cursor as the id', async () => {
    const stream = await open({ query: 'subscription { ticks { number cursor } }' });
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    await subscribers().toBe(1);
    await gateway.tick(1);
    await gateway.tick(2);
    for (const number of [1, 2]) {
      const { event, id, data } = await stream.next();
      expect(event).toBe('next');
      expect(JSON.parse(data)).toMatchObject({ data: { ticks: { number, cursor: id } } });
    }
    stream.close();
  });

  it('carries the cursor as the id although nobody selected it', async () => {
    const stream = await open({ query: 'subscription { ticks { number } }' });
    await subscribers().toBe(1);
    await gateway.tick(3);
    expect((await stream.next()).id).toMatch(/^\d+-\d+$/);
    stream.close();
  });

  it('ends its subscription at once when the caller leaves, although no event comes', async () => {
    const stream = await open({ query: 'subscription { ticks { number } }' });
    await subscribers().toBe(1);
    stream.close();
    await subscribers().toBe(0);
  });

  it('carries the one result of a query, and completes', async () => {
    const stream = await open({ query: '{ hello }' });
    const next = await stream.next();
    expect(JSON.parse(next.data)).toMatchObject({ data: { hello: 'world' } });
    expect(await stream.next()).toEqual({ event: 'complete', id: null, data: '' });
  });

  it('tells an error that breaks it off, and completes', async () => {
    const stream = await open({ query: 'subscription { crashingTicks { number } }' });
    expect((await stream.next()).id).toBe('c-1');
    const broken = await stream.next();
    expect(JSON.parse(broken.data)).toMatchObject({
      errors: [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
    });
    expect((await stream.next()).event).toBe('complete');
  });

  it('can be asked for by GET, as EventSource does', async () => {
    const query = encodeURIComponent('subscription { ticks { number } }');
    const caller = new AbortController();
    const response = await fetch(`${gateway.graphqlUrl}?query=${query}`, {
      headers: { accept: 'text/event-stream', 'sec-fetch-site': 'same-origin' },
      signal: caller.signal,
    });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    await subscribers().toBe(1);
    caller.abort();
  });

  it('is refused with a status when it cannot begin', async () => {
    const refusals: [query: string, status: number, code: string][] = [
      ['subscription { nothing }', 400, 'GRAPHQL_VALIDATION_FAILED'],
      ['subscription { refusedTicks { number } }', 403, 'FORBIDDEN'],
      ['subscription { crashedTicks { number } }', 500, 'INTERNAL_SERVER_ERROR'],
      ['subscription { ticks(after: "bad") { number } }', 400, 'CURSOR_INVALID'],
    ];
    for (const [query, status, code] of refusals) {
      const stream = await open({ query });
      expect([query, stream.response.status]).toEqual([query, status]);
      expect(JSON.parse(await stream.text())).toMatchObject({ errors: [{ extensions: { code } }] });
    }
  });

  it('is refused when the caller has as many as it may', async () => {
    const query = 'subscription { ticks { number } }';
    const streams = [await open({ query }), await open({ query }), await open({ query })];
    const fourth = await open({ query });
    expect(fourth.response.status).toBe(429);
    await subscribers().toBe(3);
    streams[0]?.close();
    await subscribers().toBe(2);
    streams.push(await open({ query }));
    expect(streams.at(-1)?.response.status).toBe(200);
    for (const stream of streams) stream.close();
  });
});

describe('Last-Event-ID', () => {
  /** Ten ticks and the id of the fourth. */
  async function rememberFourth(first: number): Promise<string> {
    const stream = await open({ query: 'subscription { ticks { number } }' });
    await subscribers().toBe(1);
    const ids: (string | null)[] = [];
    for (let number = first; number < first + 10; number++) await gateway.tick(number);
    for (let count = 0; count < 10; count++) ids.push((await stream.next()).id);
    stream.close();
    await subscribers().toBe(0);
    return ids[3] ?? '';
  }

  const DOCUMENTS: [name: string, query: string, variables?: Record<string, unknown>][] = [
    ['there is no `after`', 'subscription { ticks { number } }'],
    ['`after` is a literal', 'subscription { ticks(after: "0-0", label: "x") { number } }'],
    [
      '`after` is a variable',
      'subscription($after: String) { ticks(after: $after) { number } }',
      { after: '0-0' },
    ],
    [
      '`after` is a variable that is not given',
      'subscription($after: String) { ticks(after: $after) { number } }',
    ],
    ['there is a `since`', 'subscription { ticks(label: "x", since: "then") { number } }'],
    [
      '`since` and `after` are variables',
      'subscription($after: String, $since: String) { ticks(after: $after, since: $since) { number } }',
      { since: 'then' },
    ],
    [
      'the operation is named',
      'query Q { hello } subscription S($l: String) { again: ticks { number label(text: $l) } }',
      { l: 'l' },
    ],
  ];
  it.each(DOCUMENTS)('goes on after that event when %s', async (name, query, variables) => {
    const first = 1000 + 100 * DOCUMENTS.findIndex(([each]) => each === name);
    const lastEventId = await rememberFourth(first);
    const operationName = query.includes('subscription S') ? 'S' : null;
    const stream = await open({ query, variables, operationName }, { 'last-event-id': lastEventId });
    for (let number = first + 4; number < first + 10; number++)
      expect((await stream.next()).data).toContain(`"number":${number}`);
    stream.close();
  });

  it('that is none of ours is refused, never taken for "now"', async () => {
    const stream = await open({ query: 'subscription { ticks { number } }' }, { 'last-event-id': 'bad' });
    expect(stream.response.status).toBe(400);
    expect(JSON.parse(await stream.text())).toMatchObject({
      errors: [{ extensions: { code: 'CURSOR_INVALID' } }],
    });
  });

  it('means nothing to a subscription that cannot resume, nor to a query', async () => {
    const queries = await open({ query: '{ hello }' }, { 'last-event-id': 'x' });
    expect((await queries.next()).data).toContain('world');
    const plain = await open(
      { query: 'subscription { crashingTicks { number } }' },
      { 'last-event-id': 'x' },
    );
    expect((await plain.next()).id).toBe('c-1');
    await plain.text();
  });
});

describe('a subscriber who does not keep up', () => {
  it('is ended with SLOW_CONSUMER, and the others get everything', async () => {
    const query = 'subscription($padding: String) { ticks { number label(text: $padding) } }';
    const slow = await open({ query, variables: { padding: 'x'.repeat(60_000) } });
    const quick = await open({ query: 'subscription { ticks { number } }' });
    await subscribers().toBe(2);
    const TICKS = 1200;
    const received = (async () => {
      for (let number = 1; number <= TICKS; number++)
        expect(numberOf((await quick.next()).data)).toBe(10_000 + number);
    })();
    for (let number = 1; number <= TICKS; number += 50)
      await Promise.all(Array.from({ length: 50 }, (_, index) => gateway.tick(10_000 + number + index)));
    await received;
    quick.close();
    let last = await slow.next();
    for (let event = last; event.event !== 'complete'; event = await slow.next()) last = event;
    const { errors } = JSON.parse(last.data);
    expect(errors).toMatchObject([{ extensions: { code: 'SLOW_CONSUMER' } }]);
  });
});
