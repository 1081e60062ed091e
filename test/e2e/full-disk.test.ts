import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { startNodeProcess } from '../support/node-process.ts';
import { API_KEY, WEBHOOK_SECRET } from '../support/run-gateway.ts';
import { postReport } from '../support/signed-report.ts';

const moduleUrl = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
const TO = '+14155551234';
const SEND = `mutation ($key: String!) {
  sendSms(input: { to: ["${TO}"], text: "Hello", sender: "MyApp", idempotencyKey: $key }) {
    __typename
    ... on UpstreamUnavailableError { isSafeToRetry }
  }
}`;

const program = (env: object) => `
  const { loadConfig } = await import(${moduleUrl('../../src/config.ts')});
  const { createLogger } = await import(${moduleUrl('../../src/logger.ts')});
  const { startGateway } = await import(${moduleUrl('../../src/start-gateway.ts')});
  const gateway = await startGateway(loadConfig(${JSON.stringify(env)}), { logger: createLogger('silent') });
  console.log(JSON.stringify({ url: gateway.url, pid: process.pid }));
`;

/** A gateway whose data file may grow to half a megabyte, in front of a provider. */
async function startOnSmallDisk() {
  const simulator = await startSimulator({ accounts: [{ id: 'default', keys: [{ key: API_KEY }] }] });
  const folder = await mkdtemp(join(tmpdir(), 'gateway-full-'));
  const env = {
    PORT: '0',
    STORE_URL: `file:${join(folder, 'data')}`,
    SMS_API_URL: simulator.url,
    SMS_API_KEY: API_KEY,
    WEBHOOK_SECRETS: WEBHOOK_SECRET,
    AUTH: 'none',
    GUARDS: 'off',
  };
  const child = startNodeProcess(program(env), { maxFileBlocks: 1000 });
  onTestFinished(async () => {
    await child.kill();
    await simulator.close();
    await rm(folder, { recursive: true });
  });
  const { url, pid } = JSON.parse(await child.nextLine()) as { readonly url: string; readonly pid: number };
  let lastId = 0;

  const ask = async (query: string, variables: object = {}) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()).data;
  };
  const nextId = () => {
    lastId += 1;
    return `m-${lastId}`;
  };
  return {
    simulator,
    ask,
    post: () => postReport(url, { messageId: nextId() }, WEBHOOK_SECRET),
    send: async () => (await ask(SEND, { key: nextId() })).sendSms,
    async readiness() {
      const response = await fetch(`${url}/readyz`);
      return { code: response.status, ...(await response.json()) };
    },
    makeRoom: () => promisify(execFile)('prlimit', ['--pid', String(pid), '--fsize=unlimited']),
  };
}

it('a gateway on a full disk refuses what it cannot keep, says so, reads on, and recovers by itself', async () => {
  const gateway = await startOnSmallDisk();
  expect(await gateway.readiness()).toMatchObject({ code: 200, status: 'ready' });
  const answers = new Set<number>();
  while (!answers.has(503))
    for (const answer of await Promise.all(Array.from({ length: 20 }, gateway.post))) answers.add(answer);
  expect([...answers].sort()).toEqual([204, 503]);

  expect(await gateway.readiness()).toEqual({
    code: 503,
    status: 'not ready',
    failing: ['store'],
    causes: { store: expect.stringMatching(/^There is no room (for more )?in the folder .+data/) },
    warnings: [],
  });
  // The first sends may find a page that is free.
  let sent = 0;
  const sendMore = async () => {
    const outcome = await gateway.send();
    if (outcome.__typename === 'SendResult') sent += 1;
    return outcome;
  };
  await expect
    .poll(sendMore, { interval: 1 })
    .toEqual({ __typename: 'UpstreamUnavailableError', isSafeToRetry: true });
  expect(gateway.simulator.sentTo(TO)).toHaveLength(sent);
  expect(await gateway.ask('{ balance { amount } }')).toMatchObject({
    balance: { amount: expect.anything() },
  });

  if (process.platform !== 'linux') return; // no other system lifts the limit of a process that runs
  await gateway.makeRoom();
  // Nothing is posted or sent meanwhile.
  await expect
    .poll(gateway.readiness, { interval: 200, timeout: 15_000 })
    .toEqual({ code: 200, status: 'ready', failing: [], causes: {}, warnings: [] });
  expect(await gateway.post()).toBe(204);
  expect(await gateway.send()).toEqual({ __typename: 'SendResult' });
  expect(gateway.simulator.sentTo(TO)).toHaveLength(sent + 1);
}, 60_000);
