import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createDeferred, type Deferred } from '../support/deferred.ts';
import { openRawSocket } from '../support/raw-socket.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';
import { createTestSchema } from '../support/test-schema.ts';

let gateway: TestGateway;
let patience: Deferred<string> = createDeferred<string>();
let lastSignal: AbortSignal | null = null;
const loaded: number[] = [];

beforeAll(async () => {
  gateway = await startTestGateway({
    schema: createTestSchema({
      onPatient: (signal) => {
        lastSignal = signal;
        return patience.promise;
      },
      onLoad: ({ number }) => loaded.push(number),
    }),
  });
});
afterAll(() => gateway.close());
afterEach(() => expect.poll(() => gateway.parts.hub.subscriberCount).toBe(0));

async function openAcknowledged() {
  const socket = await openRawSocket(gateway.webSocketUrl);
  socket.send({ type: 'connection_init' });
  expect(await socket.next()).toEqual({ type: 'connection_ack' });
  return socket;
}

describe('a subscription over WebSocket', () => {
  it('delivers events in order and stops at complete', async () => {
    const socket = await openAcknowledged();
    socket.send({
      type: 'subscribe',
      id: '1',
      payload: { query: 'subscription { ticks { number cursor } }' },
    });
    socket.send({ type: 'subscribe', id: 'ready', payload: { query: '{ hello }' } });
    await socket.next();
    await socket.next();
    for (const number of [1, 2, 3]) await gateway.tick(number);
    for (const number of [1, 2, 3])
      expect(await socket.next()).toMatchObject({
        id: '1',
        payload: { data: { ticks: { number, cursor: expect.any(String) } } },
      });
    socket.send({ type: 'complete', id: '1' });
    socket.send({ type: 'ping' });
    await socket.next();
    expect(gateway.parts.hub.subscriberCount).toBe(0);
    socket.close();
  });

  it('ends at once when the socket closes, although no event comes', async () => {
    const socket = await openAcknowledged();
    socket.send({ type: 'subscribe', id: '1', payload: { query: 'subscription { ticks { number } }' } });
    await expect.poll(() => gateway.parts.hub.subscriberCount).toBe(1);
    socket.terminate();
    await expect.poll(() => gateway.parts.hub.subscriberCount).toBe(0);
  });

  it('executes an event once for all who ask the same, and again for others', async () => {
    const query =
      'subscription($after: String, $l: String) { ticks(after: $after) { loaded label(text: $l) } }';
    const sockets = await Promise.all(Array.from({ length: 5 }, openAcknowledged));
    for (const [index, socket] of sockets.entries()) {
      const l = index === 4 ? 'other' : 'same';
      socket.send({ type: 'subscribe', id: `id-${index}`, payload: { query, variables: { l } } });
      socket.send({ type: 'ping' });
      await socket.next();
    }
    await expect.poll(() => gateway.parts.hub.subscriberCount).toBe(5);
    loaded.length = 0;
    await gateway.tick(77);
    for (const [index, socket] of sockets.entries()) {
      const label = index === 4 ? 'other-77' : 'same-77';
      expect(await socket.next()).toEqual({
        type: 'next',
        id: `id-${index}`,
        payload: {
          data: { ticks: { loaded: 'loaded 77', label } },
          extensions: { upstream: { calls: 0, coalesced: 0, cached: 0 } },
        },
      });
      socket.close();
    }
    expect(loaded).toEqual([77, 77]);
  });

  it('tells a running query that its caller is gone', async () => {
    patience = createDeferred<string>();
    const socket = await openAcknowledged();
    socket.send({ type: 'subscribe', id: '1', payload: { query: '{ patient }' } });
    await expect.poll(() => lastSignal).not.toBeNull();
    const aborted = once(lastSignal as AbortSignal, 'abort');
    socket.send({ type: 'complete', id: '1' });
    await aborted;
    patience.resolve('late');
    socket.send({ type: 'ping' });
    expect(await socket.next()).toEqual({ type: 'pong' });
    socket.close();
  });
});
