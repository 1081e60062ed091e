import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRawSocket } from '../support/raw-socket.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';
import { createTestSchema } from '../support/test-schema.ts';
import { SECRET, tokenFor } from '../support/tokens.ts';

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

  it('closes 4403 without a token, and with one that is not ours, with the sentence that HTTP answers', async () => {
    const foreign = await tokenFor({ sub: 'x', scope: '*', workspace: 'nobodys' });
    const expired = await tokenFor({ sub: 'x', scope: '*', exp: Math.floor(Date.now() / 1000) - 60 });
    for (const [token, reason] of [
      [null, 'A bearer token is needed.'],
      ['abc', 'The token is not valid.'],
      [expired, 'The token has expired.'],
      [foreign, 'The token names a workspace that this gateway does not serve.'],
    ] as const) {
      const socket = await connect(token === null ? undefined : { token });
      expect(await socket.closed).toEqual({ code: 4403, reason });
      const headers = token === null ? {} : { authorization: `Bearer ${token}` };
      const answer = await (await guarded.post({ query: '{ hello }' }, headers)).json();
      expect(answer).toMatchObject({ errors: [{ message: reason }] });
    }
  });

  it.each(['authorization', 'Authorization', 'token'])('takes the token as `%s`', async (name) => {
    const token = await tokenFor({ sub: name, scope: '*', workspace: 'other' });
    const socket = await connect({ [name]: name === 'token' ? token : `Bearer ${token}` });
    expect(await socket.next()).toEqual({ type: 'connection_ack' });
    socket.send({ type: 'subscribe', id: '1', payload: { query: '{ whoAmI }' } });
    expect(await socket.next()).toMatchObject({ payload: { data: { whoAmI: `${name} in other` } } });
    socket.close();
  });

  it('closes 4403 at the end of the token', async () => {
    const exp = Math.floor(Date.now() / 1000) + 1;
    const socket = await connect({ token: await tokenFor({ sub: 'short', scope: '*', exp }) });
    expect(await socket.next()).toEqual({ type: 'connection_ack' });
    expect(await socket.closed).toEqual({ code: 4403, reason: 'The token has expired.' });
    expect(Date.now() - exp * 1000).toBeGreaterThanOrEqual(0);
    // A second, and what a busy machine takes besides.
    expect(Date.now() - exp * 1000).toBeLessThan(3_000);
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
