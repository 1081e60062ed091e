import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createDeferred, type Deferred } from '../support/deferred.ts';
import { openRawSocket } from '../support/raw-socket.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';
import { createTestSchema } from '../support/test-schema.ts';
import { SECRET, tokenFor } from '../support/tokens.ts';

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
    env: {
      LIMIT_SOCKET_INIT_MS: '200',
      LIMIT_SOCKETS_PER_CALLER: '50',
      CORS_ORIGINS: 'https://app.example.com',
    },
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

describe('authentication of a socket', () => {
  let guarded: TestGateway;
  beforeAll(async () => {
    guarded = await startTestGateway({
      schema: createTestSchema(),
      env: { AUTH_JWT_SECRET: SECRET, LIMIT_SOCKETS_PER_CALLER: '2' },
      workspaces: ['default', 'other'],
    });
  });
  afterAll(() => guarded.close());

  async function connect(payload?: Record<string, unknown>) {
    const socket = await openRawSocket(guarded.webSocketUrl);
    socket.send({ type: 'connection_init', ...(payload === undefined ? {} : { payload }) });
    return socket;
  }

  it('closes 4403 without a token, and with one that is not ours', async () => {
    expect(await (await connect()).closed).toMatchObject({ code: 4403 });
    expect(await (await connect({ token: 'abc' })).closed).toMatchObject({ code: 4403 });
    const foreign = await tokenFor({ sub: 'x', scope: '*', workspace: 'nobodys' });
    expect(await (await connect({ token: foreign })).closed).toMatchObject({ code: 4403 });
  });

  it.each(['authorization', 'Authorization', 'token'])('takes the token as `%s`', async (name) => {
    const token = await tokenFor({ sub: name, scope: '*', workspace: 'other' });
    const socket = await connect({ [name]: name === 'token' ? token : `Bearer ${token}` });
    expect(await socket.next()).toEqual({ type: 'connection_ack' });
    socket.send({ type: 'subscribe', id: '1', payload: { query: '{ whoAmI }' } });
    expect(await socket.next()).toMatchObject({ payload: { data: { whoAmI: `${name} in other` } } });
    socket.close();
  });

  it('closes 4403 within a second of the end of the token', async () => {
    const exp = Math.floor(Date.now() / 1000) + 1;
    const socket = await connect({ token: await tokenFor({ sub: 'short', scope: '*', exp }) });
    expect(await socket.next()).toEqual({ type: 'connection_ack' });
    expect(await socket.closed).toMatchObject({ code: 4403 });
    expect(Date.now() - exp * 1000).toBeGreaterThanOrEqual(0);
    expect(Date.now() - exp * 1000).toBeLessThan(1000);
  });

  it('closes 1013 when the caller has as many sockets as it may, and lets it in when one is gone', async () => {
    const token = await tokenFor({ sub: 'greedy', scope: '*' });
    const first = await connect({ token });
    const second = await connect({ token });
    await first.next();
    await second.next();
    expect(await (await connect({ token })).closed).toMatchObject({ code: 1013 });
    first.close();
    await first.closed;
    const third = await connect({ token });
    expect(await third.next()).toEqual({ type: 'connection_ack' });
    third.close();
    second.close();
  });

  it('shows a socket no event of another workspace', async () => {
    const mine = await connect({ token: await tokenFor({ sub: 'a', scope: '*', workspace: 'default' }) });
    await mine.next();
    mine.send({ type: 'subscribe', id: '1', payload: { query: 'subscription { ticks { number } }' } });
    await expect.poll(() => guarded.parts.hub.subscriberCount).toBe(1);
    await guarded.tick(1, 'other');
    await guarded.tick(2, 'default');
    expect(await mine.next()).toMatchObject({ payload: { data: { ticks: { number: 2 } } } });
    mine.close();
  });
});
