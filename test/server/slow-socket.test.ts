import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRawSocket, type RawSocket } from '../support/raw-socket.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';
import { createTestSchema } from '../support/test-schema.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ schema: createTestSchema() });
});
afterAll(() => gateway.close());

const TICKS = 1200;
const query = 'subscription($padding: String) { ticks { number label(text: $padding) } }';

async function subscribe(padding: string): Promise<RawSocket> {
  const socket = await openRawSocket(gateway.webSocketUrl);
  socket.send({ type: 'connection_init' });
  await socket.next();
  socket.send({ type: 'subscribe', id: 'ticks', payload: { query, variables: { padding } } });
  return socket;
}

describe('a WebSocket that does not keep up', () => {
  it('is told SLOW_CONSUMER when it reads again, and the others get everything meanwhile', async () => {
    const slow = await subscribe('x'.repeat(60_000));
    const quick = await subscribe('');
    await expect.poll(() => gateway.parts.hub.subscriberCount).toBe(2);
    slow.socket.pause();
    const received = (async () => {
      for (let number = 0; number < TICKS; number++)
        expect(await quick.next()).toMatchObject({ payload: { data: { ticks: { number } } } });
    })();
    for (let number = 0; number < TICKS; number += 50)
      await Promise.all(Array.from({ length: 50 }, (_, index) => gateway.tick(number + index)));
    await received;

    slow.socket.resume();
    let count = 0;
    let frame = (await slow.next()) as { type: string; payload: unknown };
    for (; frame.type === 'next'; count++) frame = (await slow.next()) as typeof frame;
    expect(count).toBeLessThan(TICKS);
    expect(frame).toMatchObject({
      type: 'error',
      id: 'ticks',
      payload: [{ extensions: { code: 'SLOW_CONSUMER' } }],
    });

    slow.send({ type: 'subscribe', id: 'again', payload: { query: '{ hello }' } });
    expect(await slow.next()).toMatchObject({ type: 'next', id: 'again' });
    slow.close();
    quick.close();
  });

  it('is not listened to while it does not read its answers', async () => {
    const flooding = await openRawSocket(gateway.webSocketUrl);
    flooding.send({ type: 'connection_init' });
    await flooding.next();
    flooding.socket.pause();
    const payload = { padding: 'x'.repeat(30_000) };
    for (let ping = 0; ping < 1000; ping++) flooding.send({ type: 'ping', payload });
    await expect.poll(() => flooding.socket.bufferedAmount).toBeGreaterThan(0);
    // It stalls: what it sends stays with it. Once it reads, everything is answered.
    flooding.socket.resume();
    for (let pong = 0; pong < 1000; pong++) expect(await flooding.next()).toMatchObject({ type: 'pong' });
    flooding.close();
  });
});
