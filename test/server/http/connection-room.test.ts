import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createMetrics } from '../../../src/metrics.ts';
import {
  type ConnectionRoom,
  createConnectionRoom,
  readOpenFileLimit,
} from '../../../src/server/http/connection-room.ts';
import { portOf } from '../../support/port-of.ts';

/** Of 16 files, 8 are for connections, and 7 of those (0.8, rounded up) may stay. */
const OPEN_FILES = 16;
const ROOM = 8;

let room: ConnectionRoom;
let server: Server;
let requests: ServerResponse[];
const sockets: Socket[] = [];

beforeEach(async () => {
  requests = [];
  const logger = pino({ level: 'silent' });
  room = createConnectionRoom({ openFiles: OPEN_FILES, logger, metrics: createMetrics({ process: false }) });
  server = createServer((request, response) => {
    room.begin(request, response);
    requests.push(response);
    server.emit('asked');
  });
  room.watch(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server.closeAllConnections();
  server.close();
});

async function open(): Promise<Socket> {
  const socket = connect(portOf(server), '127.0.0.1').on('error', () => {});
  sockets.push(socket.resume());
  await Promise.all([once(server, 'connection'), once(socket, 'connect')]);
  return socket;
}

async function ask(socket: Socket): Promise<ServerResponse> {
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  await once(server, 'asked');
  return requests.at(-1) as ServerResponse;
}

async function answer(response: ServerResponse): Promise<void> {
  response.end();
  await once(response, 'close');
}

const openMany = async (count: number): Promise<void> => {
  for (let opened = 0; opened < count; opened++) await open();
};

it('closes the connection that is idle for longest, not the oldest', async () => {
  const busy = await open();
  const silent = await open();
  await answer(await ask(busy));
  await openMany(ROOM - 2);
  const isSilentClosed = once(silent, 'close');
  await openMany(1);
  await isSilentClosed;
  expect(busy.destroyed).toBe(false);
  const isBusyClosed = once(busy, 'close');
  await openMany(ROOM - 1);
  await isBusyClosed;
});

it('closes no connection with a request under way, nor the new one when all others have one', async () => {
  const busy: Socket[] = [];
  for (let opened = 0; opened < ROOM + 2; opened++) {
    const socket = await open();
    busy.push(socket);
    await ask(socket);
  }
  await answer(await ask(await open()));
  expect(busy.map(({ destroyed }) => destroyed)).not.toContain(true);
});

it('counts requests that a connection sends together', async () => {
  const pipelined = await open();
  const first = await ask(pipelined);
  await ask(pipelined);
  await answer(first);
  await openMany(2 * ROOM);
  expect(pipelined.destroyed).toBe(false);
});

it('lends places for what stays until they are given back, or their connection is closed', async () => {
  const hold = async () => {
    const asked = once(server, 'connection') as Promise<[Socket]>;
    await open();
    const [connection] = await asked;
    return { connection, release: room.hold(connection) };
  };
  const taken = [await hold(), await hold(), await hold(), await hold(), await hold(), await hold()];
  const seventh = await hold();
  expect((await hold()).release).toBeNull();
  expect(taken.map(({ release }) => release)).not.toContain(null);
  await openMany(2 * ROOM);
  expect(taken.map(({ connection }) => connection.destroyed)).not.toContain(true);
  seventh.release?.();
  seventh.release?.();
  expect((await hold()).release).not.toBeNull();
  expect((await hold()).release).toBeNull();
  const isClosed = once(taken[0]?.connection as Socket, 'close');
  taken[0]?.connection.destroy();
  await isClosed;
  expect((await hold()).release).not.toBeNull();
});

it('learns how many files this process may open', () => {
  expect(readOpenFileLimit()).toBeGreaterThan(100);
});
