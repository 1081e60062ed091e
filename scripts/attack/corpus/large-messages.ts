import { once } from 'node:events';
import { WebSocket } from 'ws';
import { attackerToken } from '../sign-token.ts';
import type { Attack, Target } from '../target.ts';

const LARGE_BYTES = 95 * 1024 * 1024;
const FRAGMENT = 'x'.repeat(32 * 1024);
const TOO_LARGE = 1009;
const NOT_TAKEN: readonly number[] = [TOO_LARGE, 1002, 1006, 1007, 4400, 4401, 4403, 4408];
const PATIENCE_MS = 10_000;

type Send = (socket: WebSocket) => void;

/** Messages that a library takes by default. */
export const LARGE_MESSAGES: readonly Attack[] = [
  message('message: 95 MB before connection_init', false, sendLarge),
  message('message: 95 MB after connection_init', true, sendLarge),
  message('message: a connection_init of 95 MB', false, (socket) =>
    socket.send(`{"type":"connection_init","payload":{"x":"${'x'.repeat(LARGE_BYTES)}"}}`),
  ),
  message('message: endless fragments', true, (socket) => {
    for (let count = 0; count < 200; count++) socket.send(FRAGMENT, { fin: false });
  }),
  message('message: bytes that are no text', true, (socket) => socket.send(Buffer.alloc(1024, 0xff))),
  message('message: deep JSON', true, (socket) => socket.send('['.repeat(60_000))),
  message('message: a ping with a payload 10,000 deep', true, (socket) => {
    socket.send(`{"type":"ping","payload":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`);
    socket.send('this is no JSON');
  }),
  { name: 'message: pings whose answers nobody reads', run: sendPings },
  { name: 'message: subscriptions without end', run: openManySubscriptions },
];

function sendLarge(socket: WebSocket): void {
  socket.send(Buffer.alloc(LARGE_BYTES, 'x'), { binary: false });
}

function message(name: string, isAcknowledged: boolean, send: Send): Attack {
  return {
    name,
    async run(target) {
      const socket = await open(target, isAcknowledged);
      const closed = once(socket, 'close', { signal: AbortSignal.timeout(PATIENCE_MS) });
      send(socket);
      const [code] = await closed.catch(() => [0]);
      socket.terminate();
      if (code === 0) return ['The socket stayed open.'];
      return NOT_TAKEN.includes(code) ? [] : [`The socket was closed with ${code}.`];
    },
  };
}

async function open(target: Target, isAcknowledged: boolean): Promise<WebSocket> {
  const socket = new WebSocket(`${target.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  socket.on('error', () => undefined);
  await once(socket, 'open');
  if (!isAcknowledged) return socket;
  socket.send(JSON.stringify({ type: 'connection_init', payload: { token: await attackerToken(target) } }));
  await once(socket, 'message');
  return socket;
}

/** Answers pile up for a client that does not read: it is asked for no more, and memory stays. */
async function sendPings(target: Target): Promise<readonly string[]> {
  const socket = await open(target, true);
  socket.pause();
  const ping = JSON.stringify({ type: 'ping', payload: { x: 'x'.repeat(50_000) } });
  const rounds = target.isShort ? 100 : 400;
  for (let round = 0; round < rounds && socket.readyState === socket.OPEN; round++)
    await new Promise((resolve) => {
      socket.send(ping, resolve);
      setTimeout(resolve, 20).unref(); // nobody takes it any more
    });
  socket.terminate();
  return [];
}

const MOST_OPERATIONS = 20;

async function openManySubscriptions(target: Target): Promise<readonly string[]> {
  const socket = await open(target, true);
  let refused = 0;
  let isDone: () => void = () => undefined;
  const done = new Promise<void>((resolve) => {
    isDone = resolve;
  });
  socket.on('message', (data) => {
    const text = String(data);
    if (text.includes('LIMIT_EXCEEDED')) refused += 1;
    if (text.includes('pong')) isDone();
  });
  const wanted = 60;
  for (let id = 1; id <= wanted; id++)
    socket.send(
      JSON.stringify({
        type: 'subscribe',
        id: String(id),
        payload: { query: 'subscription { deliveryReportReceived { cursor } }' },
      }),
    );
  setTimeout(() => socket.send('{"type":"ping"}'), 300);
  await Promise.race([done, once(socket, 'close')]);
  socket.terminate();
  return refused >= wanted - MOST_OPERATIONS ? [] : [`Only ${refused} of ${wanted} were refused.`];
}
