import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FEED_QUERY } from '../support/follow-queries.ts';
import { type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts';
import { postReport } from '../support/signed-report.ts';

const SECRET = 'the webhook secret of the test';
const OPEN_FILES = 256;
/** More than the process may have open at all. */
const CROWD = OPEN_FILES + 50;

let folder: string;
let gateway: GatewayProcess;
const sockets: Socket[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'connection-room-'));
  const env = {
    HOME: folder,
    STORE_URL: `file:${join(folder, 'data')}`,
    SMS_API_URL: 'http://127.0.0.1:1/api/v1',
    SMS_API_KEY: 'sk_prod_of_the_test',
    WEBHOOK_SECRETS: SECRET,
    AUTH: 'none',
    LIMIT_EVENT_LOOP_LAG_MS: '60000', // nobody is turned away, however busy the machine is
    LIMIT_STREAMS_PER_CALLER: '100000',
    LIMIT_SOCKET_INIT_MS: '60000',
  };
  gateway = await startGatewayProcess(env, undefined, { maxOpenFiles: OPEN_FILES });
}, 60_000);
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(async () => {
  await gateway.kill();
  rmSync(folder, { recursive: true, force: true });
});

/** Opens connections one after the other, each with its first bytes, and goes on once they are answered or closed. */
async function crowd(bytes: string, size = CROWD): Promise<readonly string[]> {
  const answers: string[] = [];
  const { hostname, port } = new URL(gateway.url);
  for (let opened = 0; opened < size; opened++) {
    const socket = connect(Number(port), hostname).on('error', () => {});
    sockets.push(socket);
    await once(socket, 'connect');
    if (bytes === '') continue;
    socket.write(bytes);
    const [chunk] = await Promise.race([once(socket, 'data'), once(socket, 'close')]);
    answers.push(String(chunk));
  }
  return answers;
}

const headOf = (...lines: readonly string[]): string => `${lines.join('\r\n')}\r\nhost: 127.0.0.1\r\n\r\n`;
const post = (messageId: string) => postReport(gateway.url, { messageId }, SECRET);

const WEBSOCKET = headOf(
  'GET /graphql HTTP/1.1',
  'connection: upgrade',
  'upgrade: websocket',
  'sec-websocket-version: 13',
  'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-protocol: graphql-transport-ws',
);
const FEED = JSON.stringify({ query: FEED_QUERY });
const STREAM = `${headOf(
  'POST /graphql HTTP/1.1',
  'accept: text/event-stream',
  'content-type: application/json',
  `content-length: ${FEED.length}`,
)}${FEED}`;

describe(`a report is taken from a process of ${OPEN_FILES} open files`, { timeout: 60_000 }, () => {
  it('while more connections than that say nothing', async () => {
    await crowd('');
    expect(await post('m1')).toBe(204);
    await gateway.hasLogged('the idle ones are closed');
    await crowd('');
    expect(await post('m2')).toBe(204);
    expect(gateway.logLines.filter((line) => line.includes('the idle ones are closed'))).toHaveLength(1);
  });

  it('while more connections than that are kept alive', async () => {
    const answers = await crowd(headOf('GET /readyz HTTP/1.1'));
    expect(answers.every((answer) => answer.startsWith('HTTP/1.1 200'))).toBe(true);
    expect(await post('m1')).toBe(204);
  });

  it('while half a request stands on more connections than that', async () => {
    await crowd('');
    for (const socket of sockets) socket.write('POST /webhooks/delivery HTTP/1.1\r\nhost: x');
    expect(await post('m1')).toBe(204);
  });

  it.each([
    ['WebSockets', WEBSOCKET, 'HTTP/1.1 101'],
    ['event streams', STREAM, 'HTTP/1.1 200'],
  ])('while more %s than that are asked for', async (_what, bytes, taken) => {
    const answers = await crowd(bytes);
    expect(await post('m1')).toBe(204);
    expect(answers.filter((answer) => answer.startsWith(taken)).length).toBeGreaterThan(OPEN_FILES / 4);
    expect(answers.filter((answer) => answer.startsWith(taken)).length).toBeLessThan(OPEN_FILES / 2);
    const refused = answers.filter((answer) => !answer.startsWith(taken));
    expect(refused.every((answer) => answer.startsWith('HTTP/1.1 503'))).toBe(true);
    expect(refused.every((answer) => answer.includes('as many WebSockets and event streams'))).toBe(true);
    for (const socket of sockets.splice(0)) socket.destroy();
    expect((await crowd(bytes, 1))[0]).toMatch(taken);
  });
});
