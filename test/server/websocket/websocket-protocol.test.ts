import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { openRawSocket } from '../../support/raw-socket.ts';
import { startTestGateway, type TestGateway } from '../../support/test-gateway.ts';
import { createTestSchema } from '../../support/test-schema.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({
    schema: createTestSchema(),
    env: { LIMIT_SOCKET_INIT_MS: '200', CORS_ORIGINS: 'https://app.example.com' },
  });
});
afterAll(() => gateway.close());
afterEach(() => expect.poll(() => gateway.parts.hub.subscriberCount).toBe(0));

const open = (options?: Parameters<typeof openRawSocket>[1]) => openRawSocket(gateway.webSocketUrl, options);

async function openAcknowledged() {
  const socket = await open();
  socket.send({ type: 'connection_init' });
  expect(await socket.next()).toEqual({ type: 'connection_ack' });
  return socket;
}

describe('the graphql-transport-ws protocol', () => {
  it('closes 4406 when the sub-protocol is not asked for', async () => {
    const socket = await open({ protocol: null });
    expect(await socket.closed).toMatchObject({ code: 4406 });
  });

  it('closes 4408 when connection_init does not come in time', async () => {
    const socket = await open();
    expect(await socket.closed).toMatchObject({ code: 4408 });
  });

  it('closes 4429 at a second connection_init', async () => {
    const socket = await openAcknowledged();
    socket.send({ type: 'connection_init' });
    expect(await socket.closed).toMatchObject({ code: 4429 });
  });

  it('closes 4401 at a subscribe before the acknowledgement', async () => {
    const socket = await open();
    socket.send({ type: 'subscribe', id: '1', payload: { query: '{ hello }' } });
    expect(await socket.closed).toMatchObject({ code: 4401 });
  });

  it('closes 4409 when an id is in use', async () => {
    const socket = await openAcknowledged();
    const subscribe = { type: 'subscribe', id: '1', payload: { query: 'subscription { ticks { number } }' } };
    socket.send(subscribe);
    socket.send(subscribe);
    expect(await socket.closed).toMatchObject({ code: 4409 });
  });

  it.each(['not json', '{}', '{"type":"unheard"}', '{"type":"subscribe","id":"1"}', '[]', 'null'])(
    'closes 4400 at the message %s',
    async (message) => {
      const socket = await openAcknowledged();
      socket.sendText(message);
      expect(await socket.closed).toMatchObject({ code: 4400 });
    },
  );

  it('answers ping with pong and the same payload', async () => {
    const socket = await openAcknowledged();
    socket.send({ type: 'ping', payload: { at: 1 } });
    expect(await socket.next()).toEqual({ type: 'pong', payload: { at: 1 } });
    socket.close();
  });

  it('answers a query with next and complete', async () => {
    const socket = await openAcknowledged();
    socket.send({
      type: 'subscribe',
      id: 'a"b',
      payload: { query: 'query($t: String!) { echo(text: $t) }', variables: { t: 'x' } },
    });
    expect(await socket.next()).toMatchObject({ type: 'next', id: 'a"b', payload: { data: { echo: 'x' } } });
    expect(await socket.next()).toEqual({ type: 'complete', id: 'a"b' });
    socket.close();
  });

  it('answers a refused document with error and no complete, and goes on', async () => {
    const socket = await openAcknowledged();
    for (const query of ['{', '{ nothing }', 'query A { hello } query B { hello }']) {
      socket.send({ type: 'subscribe', id: 'bad', payload: { query } });
      expect(await socket.next()).toMatchObject({
        type: 'error',
        id: 'bad',
        payload: [{ message: expect.any(String) }],
      });
    }
    socket.send({ type: 'subscribe', id: 'good', payload: { query: '{ hello }' } });
    expect(await socket.next()).toMatchObject({ type: 'next', id: 'good' });
    expect(await socket.next()).toEqual({ type: 'complete', id: 'good' });
    socket.close();
  });

  it('survives operations that fail, before and after their first event', async () => {
    const socket = await openAcknowledged();
    const subscribe = (query: string) => socket.send({ type: 'subscribe', id: '1', payload: { query } });
    subscribe('{ crash }');
    expect(await socket.next()).toMatchObject({ type: 'next', payload: { data: { crash: null } } });
    expect(await socket.next()).toEqual({ type: 'complete', id: '1' });
    subscribe('subscription { refusedTicks { number } }');
    expect(await socket.next()).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'FORBIDDEN' } }],
    });
    subscribe('subscription { crashedTicks { number } }');
    expect(await socket.next()).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
    });
    subscribe('subscription { crashingTicks { number } }');
    expect(await socket.next()).toMatchObject({
      type: 'next',
      payload: { data: { crashingTicks: { number: 1 } } },
    });
    expect(await socket.next()).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
    });
    subscribe('{ hello }');
    expect(await socket.next()).toMatchObject({ type: 'next', payload: { data: { hello: 'world' } } });
    socket.close();
  });

  it('takes an id again in the same packet that completes it', async () => {
    const socket = await openAcknowledged();
    const query = 'subscription { ticks { number } }';
    socket.send({ type: 'subscribe', id: '1', payload: { query } });
    socket.send({ type: 'subscribe', id: 'ready', payload: { query: '{ hello }' } });
    await socket.next();
    await socket.next();
    socket.sendTogether([
      { type: 'complete', id: '1' },
      { type: 'subscribe', id: '1', payload: { query } },
      { type: 'subscribe', id: 'ready', payload: { query: '{ hello }' } },
    ]);
    await socket.next();
    await socket.next();
    await gateway.tick(500);
    expect(await socket.next()).toMatchObject({
      type: 'next',
      id: '1',
      payload: { data: { ticks: { number: 500 } } },
    });
    socket.close();
  });
});

describe('the limits of a socket', () => {
  it('carries 20 operations, and refuses the next with an error frame', async () => {
    const socket = await openAcknowledged();
    for (let id = 1; id <= 21; id++)
      socket.send({
        type: 'subscribe',
        id: String(id),
        payload: { query: 'subscription { ticks { number } }' },
      });
    expect(await socket.next()).toMatchObject({
      type: 'error',
      id: '21',
      payload: [
        {
          message: 'A socket carries at most 20 operations at a time.',
          extensions: { code: 'LIMIT_EXCEEDED' },
        },
      ],
    });
    socket.send({ type: 'complete', id: '1' });
    socket.send({ type: 'subscribe', id: '22', payload: { query: '{ hello }' } });
    expect(await socket.next()).toMatchObject({ type: 'next', id: '22' });
    socket.close();
  });

  it('closes 1009 at a message of more than 64 KiB, before connection_init too', async () => {
    const socket = await open();
    socket.sendText('x'.repeat(64 * 1024 + 1));
    expect(await socket.closed).toMatchObject({ code: 1009 });
  });

  it('refuses a page of a foreign origin, and lets in a listed one and its own', async () => {
    const statusFor = async (origin: string) => {
      const socket = new WebSocket(gateway.webSocketUrl, 'graphql-transport-ws', { origin });
      const opened = once(socket, 'open').then(() => 101);
      const refused = once(socket, 'unexpected-response').then(([, response]) => response.statusCode);
      const status = await Promise.race([opened, refused]);
      socket.on('error', () => {});
      socket.terminate();
      return status;
    };
    expect(await statusFor('https://evil.example.com')).toBe(403);
    expect(await statusFor('null')).toBe(403);
    expect(await statusFor('https://app.example.com')).toBe(101);
    expect(await statusFor(gateway.url)).toBe(101);
  });

  it('answers 404 to a WebSocket at another path', async () => {
    const socket = new WebSocket(`${gateway.webSocketUrl}/other`, 'graphql-transport-ws');
    const [, response] = await once(socket, 'unexpected-response');
    expect(response.statusCode).toBe(404);
    socket.on('error', () => {});
    socket.terminate();
  });
});
