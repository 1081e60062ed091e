import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { createManualClock } from '../../support/manual-clock.ts';
import { startTestGateway, type TestGateway, type TestGatewayOptions } from '../../support/test-gateway.ts';
import { createTestSchema } from '../../support/test-schema.ts';

/** A production key, and yet no tokens: only what a sandbox gives away differs. */
const LIVE = {
  SMS_API_KEY: 'sk_prod_of_the_test',
  WEBHOOK_SECRETS: 'a-secret-of-the-provider',
  AUTH: 'none',
};
const LOCAL_ORIGINS = ['http://localhost:5173', 'http://127.0.0.1:8080', 'http://localhost'];

async function start(options: Partial<TestGatewayOptions> = {}): Promise<TestGateway> {
  const gateway = await startTestGateway({ schema: createTestSchema(), ...options });
  onTestFinished(() => gateway.close());
  return gateway;
}

const post = (gateway: TestGateway, origin: string) => gateway.post({ query: '{ hello }' }, { origin });

async function upgrade(gateway: TestGateway, origin: string): Promise<number> {
  const socket = new WebSocket(gateway.webSocketUrl, 'graphql-transport-ws', { origin });
  socket.on('error', () => {});
  const opened = once(socket, 'open').then(() => 101);
  const refused = once(socket, 'unexpected-response').then(([, response]) => Number(response.statusCode));
  const status = await Promise.race([opened, refused]);
  socket.terminate();
  return status;
}

const refusalsIn = (gateway: TestGateway) =>
  gateway.logLines.map((line) => JSON.parse(line)).filter(({ origin }) => origin !== undefined);

it.each(LOCAL_ORIGINS)('the sandbox lets the development server at %s in', async (origin) => {
  const gateway = await start();
  const answer = await post(gateway, origin);
  expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, origin]);
  const preflight = await fetch(gateway.graphqlUrl, { method: 'OPTIONS', headers: { origin } });
  expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, origin]);
  const get = await fetch(`${gateway.graphqlUrl}?query={hello}`, {
    headers: { origin, 'sec-fetch-site': 'cross-site' },
  });
  expect(get.status).toBe(200);
  expect(await upgrade(gateway, origin)).toBe(101);
});

it.each([
  'http://localhost.example.com:5173',
  'http://127.0.0.1.example.com',
  'http://localhost:5173.example.com',
  'http://localhost:5173/path',
  'null',
])('the sandbox does not take %s for this machine', async (origin) => {
  const gateway = await start();
  expect((await post(gateway, origin)).status).toBe(403);
  expect(await upgrade(gateway, origin)).toBe(403);
});

it('a live gateway lets no development server in that is not listed', async () => {
  const gateway = await start({ env: LIVE });
  for (const origin of LOCAL_ORIGINS) {
    expect((await post(gateway, origin)).status).toBe(403);
    expect(await upgrade(gateway, origin)).toBe(403);
  }
});

it('a refused origin is in the log once a minute, naming the setting', async () => {
  const clock = createManualClock(Date.now());
  const gateway = await start({ parts: { clock } });
  const origin = 'https://app.example.com';
  await post(gateway, origin);
  await post(gateway, origin);
  await upgrade(gateway, origin);
  expect(refusalsIn(gateway)).toMatchObject([
    { level: 30, origin, msg: expect.stringContaining('CORS_ORIGINS') },
  ]);
  clock.advance(60_000);
  await post(gateway, origin);
  expect(refusalsIn(gateway)).toHaveLength(2);
});

it('a page that makes up origins fills neither the log nor the memory', async () => {
  const gateway = await start({ parts: { clock: createManualClock(Date.now()) } });
  for (let index = 0; index < 40; index++) await post(gateway, `https://${index}.example.com`);
  await post(gateway, `https://${'long.'.repeat(500)}example.com`);
  const refusals = refusalsIn(gateway);
  expect(refusals.length).toBeLessThanOrEqual(20);
  expect(refusals.every(({ origin }) => origin.length <= 200)).toBe(true);
});
