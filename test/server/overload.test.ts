import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { openRawSocket, type RawSocket } from '../support/raw-socket.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';
import { createTestSchema } from '../support/test-schema.ts';

const BUSY_MS = 60;
let gateway: TestGateway;
let socket: RawSocket;
let isBusy = true;
let busy: Promise<void>;

/** Keeps the event loop of this process, which is the server's, busy until told otherwise. */
async function keepBusy(): Promise<void> {
  while (isBusy) {
    const until = performance.now() + BUSY_MS;
    while (performance.now() < until);
    await nextTurn();
  }
}

beforeAll(async () => {
  gateway = await startTestGateway({ schema: createTestSchema(), env: { LIMIT_EVENT_LOOP_LAG_MS: '20' } });
  socket = await openRawSocket(gateway.webSocketUrl);
  socket.send({ type: 'connection_init' });
  await socket.next();
  busy = keepBusy();
});
afterAll(async () => {
  isBusy = false;
  await busy;
  await gateway.close();
});

describe('while the process has more to do than it can', () => {
  it('readers are turned away, and told when to come back', async () => {
    await expect
      .poll(async () => (await gateway.post({ query: '{ hello }' })).status, { timeout: 10_000 })
      .toBe(503);
    const answer = await gateway.post({ query: '{ hello }' });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'OVERLOADED' } }] });
    const download = await fetch(`${gateway.url}/exports/messages.csv?token=x`);
    expect(download.status).toBe(503);
  });

  it('webhooks are taken, and probes answered', async () => {
    const webhook = await fetch(`${gateway.url}/webhooks/delivery`, { method: 'POST', body: '{}' });
    expect(webhook.status).toBe(204);
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
  });

  it('no new socket is let in, and open ones get errors without being closed', async () => {
    const refused = new WebSocket(gateway.webSocketUrl, 'graphql-transport-ws');
    const [, response] = await once(refused, 'unexpected-response');
    expect([response.statusCode, response.headers['retry-after']]).toEqual([503, '1']);
    refused.on('error', () => {});
    refused.terminate();
    socket.send({ type: 'subscribe', id: '1', payload: { query: '{ hello }' } });
    expect(await socket.next()).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'OVERLOADED' } }],
    });
  });

  it('and afterwards everything is as before', async () => {
    isBusy = false;
    await busy;
    // A machine with other work may lag for a moment again: so each is asked until it answers.
    const soon = { timeout: 10_000 };
    await expect.poll(async () => (await gateway.post({ query: '{ hello }' })).status, soon).toBe(200);
    let id = 2;
    const ask = async () => {
      socket.send({ type: 'subscribe', id: `${id++}`, payload: { query: '{ hello }' } });
      const { type } = (await socket.next()) as { readonly type: string };
      if (type === 'next') await socket.next(); // its complete
      return type;
    };
    await expect.poll(ask, soon).toBe('next');
    socket.close();
    expect(await gateway.parts.metrics.render()).toMatch(
      /gateway_shed_requests_total\{route="graphql"\} [1-9]/,
    );
  });
});
