import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDeferred, type Deferred } from '../support/deferred.ts';
import { openEventStream } from '../support/event-stream-client.ts';
import { openRawSocket } from '../support/raw-socket.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';
import { createTestSchema } from '../support/test-schema.ts';

let gateway: TestGateway;
let patience: Deferred<string>;
let begun: Deferred<void>;
beforeEach(async () => {
  patience = createDeferred<string>();
  begun = createDeferred();
  gateway = await startTestGateway({
    schema: createTestSchema({
      onPatient: () => {
        begun.resolve();
        return patience.promise;
      },
    }),
    env: { DRAIN_TIMEOUT_MS: '4000', LIMIT_SOCKETS_PER_CALLER: '200' },
  });
});
afterEach(() => gateway.close());

async function subscribe(query: string) {
  const socket = await openRawSocket(gateway.webSocketUrl);
  socket.send({ type: 'connection_init' });
  await socket.next();
  socket.send({ type: 'subscribe', id: '1', payload: { query } });
  return socket;
}

describe('a drain', () => {
  it('is told by readiness at once, while who has not noticed is still served; then the port is closed', async () => {
    const running = gateway.post({ query: '{ patient }' });
    await begun.promise;
    const drained = gateway.server.drain();
    expect(await gateway.server.isReady()).toBe(false);
    const readiness = await fetch(`${gateway.url}/readyz`);
    expect(readiness.status).toBe(503);
    expect(await readiness.json()).toMatchObject({ failing: ['draining'] });
    const late = await gateway.post({ query: '{ hello }' });
    expect(await late.json()).toMatchObject({ data: { hello: 'world' } });
    expect(late.headers.get('connection')).toBe('close');
    patience.resolve('answered');
    expect(await (await running).json()).toMatchObject({ data: { patient: 'answered' } });
    await drained;
    await expect(fetch(`${gateway.url}/readyz`)).rejects.toThrow();
  });

  it('waits for what was running, and not for what begins meanwhile before it closes the port', async () => {
    const second = createDeferred<string>();
    const running = gateway.post({ query: '{ patient }' });
    await begun.promise;
    const drained = gateway.server.drain();
    begun = createDeferred();
    const first = patience;
    patience = second;
    const late = gateway.post({ query: '{ patient }' });
    await begun.promise;
    first.resolve('first');
    expect(await (await running).json()).toMatchObject({ data: { patient: 'first' } });
    await expect.poll(() => fetch(`${gateway.url}/readyz`).catch(() => 'closed')).toBe('closed');
    second.resolve('second');
    expect(await (await late).json()).toMatchObject({ data: { patient: 'second' } });
    await drained;
  });

  it('closes subscriptions 1012 without a complete, so that clients come back', async () => {
    const sockets = await Promise.all(
      Array.from({ length: 120 }, () => subscribe('subscription { ticks { number } }')),
    );
    await expect.poll(() => gateway.parts.hub.subscriberCount).toBe(120);
    const messages: unknown[] = [];
    for (const { socket } of sockets) socket.on('message', (data) => messages.push(String(data)));
    await gateway.server.drain();
    const codes = await Promise.all(sockets.map(async ({ closed }) => (await closed).code));
    expect(new Set(codes)).toEqual(new Set([1012]));
    expect(messages).toEqual([]);
    expect(gateway.parts.hub.subscriberCount).toBe(0);
  });

  it('lets a mutation answer before its socket is closed', async () => {
    const socket = await subscribe('mutation { patientTouch }');
    await begun.promise;
    const drained = gateway.server.drain();
    patience.resolve('touched');
    expect(await socket.next()).toMatchObject({
      type: 'next',
      payload: { data: { patientTouch: 'touched' } },
    });
    expect(await socket.next()).toEqual({ type: 'complete', id: '1' });
    expect(await socket.closed).toMatchObject({ code: 1012 });
    await drained;
  });

  it('cuts sockets whose mutations do not end, without a complete for their subscriptions', async () => {
    const hasty = await startTestGateway({
      schema: createTestSchema({ onPatient: () => new Promise(() => {}) }),
      env: { DRAIN_TIMEOUT_MS: '300' },
    });
    const socket = await openRawSocket(hasty.webSocketUrl);
    socket.send({ type: 'connection_init' });
    await socket.next();
    socket.send({ type: 'subscribe', id: '1', payload: { query: 'subscription { ticks { number } }' } });
    socket.send({ type: 'subscribe', id: '2', payload: { query: 'mutation { patientTouch }' } });
    await expect.poll(() => hasty.parts.hub.subscriberCount).toBe(1);
    const messages: unknown[] = [];
    socket.socket.on('message', (data) => messages.push(String(data)));
    await hasty.close(); // of the hub too
    expect(await socket.closed).toMatchObject({ code: 1006 });
    expect(messages).toEqual([]);
  });

  it('ends event streams without a complete', async () => {
    const stream = await openEventStream(gateway.graphqlUrl, { query: 'subscription { ticks { number } }' });
    await expect.poll(() => gateway.parts.hub.subscriberCount).toBe(1);
    await gateway.server.drain();
    expect(await stream.text()).toBe(':\n\n');
  });

  it('cuts event streams that nobody reads', async () => {
    const port = Number(new URL(gateway.url).port);
    const reader = connect(port, '127.0.0.1');
    const body = JSON.stringify({
      query: 'subscription { ticks(label: "x") { number label(text: "FILL") } }',
    });
    const filled = body.replace('FILL', 'x'.repeat(100_000));
    reader.write(
      'POST /graphql HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\ncontent-type: application/json\r\n' +
        `content-length: ${filled.length}\r\n\r\n${filled}`,
    );
    reader.pause();
    await expect.poll(() => gateway.parts.hub.subscriberCount).toBe(1);
    // More than the buffers of the system hold.
    for (let number = 0; number < 100; number += 1) await gateway.tick(number);
    const startedAt = performance.now();
    await gateway.server.drain();
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    reader.destroy();
  });

  it('waits for work whose caller is gone', async () => {
    const work = createDeferred();
    void gateway.parts.pendingWork.track(work.promise);
    let isDrained = false;
    const drained = gateway.server.drain().then(() => {
      isDrained = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(isDrained).toBe(false);
    work.resolve();
    await drained;
  });

  it('is over in time although clients do not answer', async () => {
    const port = Number(new URL(gateway.url).port);
    const silentHttp = connect(port, '127.0.0.1');
    silentHttp.write(
      'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n',
    );
    await once(silentHttp, 'connect');
    const silentSocket = connect(port, '127.0.0.1');
    silentSocket.write(
      'GET /graphql HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n' +
        'sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n',
    );
    await once(silentSocket, 'data');
    const startedAt = performance.now();
    await gateway.server.drain();
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });
});
