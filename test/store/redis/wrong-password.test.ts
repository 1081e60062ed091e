import { createClient } from 'redis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GatewayProcess, startGatewayProcess } from '../../support/gateway-process.ts';
import { type RedisServer, startRedisServer } from '../../support/redis-server.ts';
import { API_KEY, WEBHOOK_SECRET } from '../../support/run-gateway.ts';
import type { ScriptedUpstream } from '../../support/scripted-upstream.ts';
import { startSentProvider } from '../../support/sent-provider.ts';
import { postReport } from '../../support/signed-report.ts';

const POSTS = 5;
const USER = 'gateway';
const RIGHT = 'the right word';
const OTHER = 'another word';
const SOON = { timeout: 15_000, interval: 100 };

describe('a Redis that has another password from now on', () => {
  let server: RedisServer;
  let admin: Awaited<ReturnType<typeof connect>>;
  let provider: ScriptedUpstream;
  let gateway: GatewayProcess;
  let posted: string[];
  const connect = () => createClient({ url: server.url }).connect();
  const start = (credentials: string) =>
    startGatewayProcess({
      STORE_URL: server.url.replace('redis://', `redis://${credentials}@`),
      SMS_API_URL: provider.baseUrl,
      SMS_API_KEY: API_KEY,
      WEBHOOK_SECRETS: WEBHOOK_SECRET,
      AUTH: 'none',
    });
  const readiness = async () => {
    const response = await fetch(`${gateway.url}/readyz`);
    return { code: response.status, ...(await response.json()) };
  };
  const post = () => {
    const messageId = `m-${posted.length}`;
    posted.push(messageId);
    return postReport(gateway.url, { messageId }, WEBHOOK_SECRET);
  };
  const postSome = () => Promise.all(Array.from({ length: POSTS }, post));

  beforeEach(async () => {
    posted = [];
    server = await startRedisServer();
    admin = await connect();
    provider = await startSentProvider();
  });
  afterEach(async () => {
    await gateway.kill();
    await provider.close();
    admin.destroy();
    await server.stop();
  });

  const ways = {
    'by requirepass': {
      credentials: `:${encodeURIComponent(RIGHT)}`,
      set: (password: string) => admin.sendCommand(['CONFIG', 'SET', 'requirepass', password]),
      cut: () => admin.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes']),
    },
    'by the list of users': {
      credentials: `${USER}:${encodeURIComponent(RIGHT)}`,
      set: (password: string) =>
        admin.sendCommand(['ACL', 'SETUSER', USER, 'on', 'resetpass', `>${password}`, '~*', '&*', '+@all']),
      cut: () => admin.sendCommand(['CLIENT', 'KILL', 'USER', USER]),
    },
  };

  it.each(Object.entries(ways))(
    '%s: nothing is acknowledged, /readyz names the cause, and it is used again when the password is right',
    async (_way, { credentials, set, cut }) => {
      await set(RIGHT);
      gateway = await start(credentials);
      expect(await postSome()).toEqual(Array(POSTS).fill(204));
      await set(OTHER);
      await cut();
      await expect.poll(readiness, SOON).toMatchObject({
        code: 503,
        status: 'not ready',
        failing: expect.arrayContaining(['store']),
        causes: { store: expect.stringContaining('refuses the user or the password of STORE_URL') },
      });
      expect(await postSome()).toEqual(Array(POSTS).fill(503));
      expect(await admin.sendCommand(['XLEN', 'sms-gateway:log'])).toBe(POSTS);

      await set(RIGHT);
      await expect.poll(readiness, SOON).toMatchObject({ code: 200, causes: {} });
      expect(await postSome()).toEqual(Array(POSTS).fill(204));
      expect(await admin.sendCommand(['XLEN', 'sms-gateway:log'])).toBe(2 * POSTS);
      const said = gateway.logLines.join('\n');
      for (const word of [RIGHT, OTHER]) expect(said).not.toContain(word);
    },
  );
});
