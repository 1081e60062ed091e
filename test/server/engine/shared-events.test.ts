import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config.ts';
import { createLogger } from '../../../src/logger.ts';
import { type Gateway, startGateway } from '../../../src/start-gateway.ts';
import { openRawSocket, type RawSocket } from '../../support/raw-socket.ts';

let folder: string;
let gateway: Gateway;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shared-'));
  const env = { PORT: '0', STORE_URL: `file:${folder}`, READ_CACHE_TTL_MS: '0' };
  gateway = await startGateway(loadConfig(env), {
    logger: createLogger('silent'),
    simulator: { timings: { sentAfterMs: 50, deliveredAfterMs: 100 } },
  });
});
afterAll(async () => {
  await gateway.drain();
  await rm(folder, { recursive: true });
});

const SUBSCRIBERS = 20;
const EVENTS =
  'subscription { deliveryReportReceived { cursor report { status } message { messageId status text } } }';

async function subscribe(): Promise<RawSocket> {
  const socket = await openRawSocket(`${gateway.url.replace('http', 'ws')}/graphql`);
  socket.send({ type: 'connection_init' });
  await socket.next();
  socket.send({ type: 'subscribe', id: '1', payload: { query: EVENTS } });
  return socket;
}

describe('an event of the real schema', () => {
  it('costs the provider the same, however many subscribers hear of it', async () => {
    const sockets = await Promise.all(Array.from({ length: SUBSCRIBERS }, subscribe));
    await expect.poll(() => gateway.parts.hub.subscriberCount).toBe(SUBSCRIBERS);
    gateway.simulator?.requests.clear();
    await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query:
          'mutation { sendSms(input: { to: ["+447911123456"], text: "Hi", sender: "MyApp" }) { __typename } }',
      }),
    });
    const frames = await Promise.all(sockets.map((socket) => socket.next()));
    expect(frames[0]).toMatchObject({
      type: 'next',
      payload: { data: { deliveryReportReceived: { message: { status: 'DELIVERED', text: 'Hi' } } } },
    });
    for (const frame of frames) expect(frame).toEqual(frames[0]);
    expect(gateway.simulator?.requests.all({ method: 'GET' })).toHaveLength(1);
    for (const socket of sockets) socket.close();
  });
});
