import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { WebSocket } from 'ws';

const SUBSCRIBERS = 500;
const WARM_UP_EVENTS = 100;
const EVENTS = 300;
const QUERY = `subscription { deliveryReportReceived { cursor occurredAt report {
  messageId recipient sender status rawStatus statusCode segments cost occurredAt receivedAt isRecovered } } }`;

/** Server CPU of one event sent to one of many WebSockets that ask the same, beside sending a ready frame with bare ws. */
export async function fanOut(): Promise<void> {
  console.log(`bare ws, one ready frame: ${await measure('floor')}`);
  console.log(`the gateway: ${await measure('gateway')}`);
}

async function measure(kind: 'floor' | 'gateway'): Promise<string> {
  const file = `../support/fan-out-server${extname(import.meta.url)}`;
  const child = fork(new URL(file, import.meta.url), [kind]);
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  let received = 0;
  const sockets = await Promise.all(
    Array.from({ length: SUBSCRIBERS }, () => subscribe(port, () => received++)),
  );
  const before = await publish(child, WARM_UP_EVENTS);
  await until(() => received === SUBSCRIBERS * WARM_UP_EVENTS);
  const after = await publish(child, EVENTS);
  await until(() => received === SUBSCRIBERS * (WARM_UP_EVENTS + EVENTS));
  for (const socket of sockets) socket.terminate();
  child.kill();
  const frames = SUBSCRIBERS * EVENTS;
  return `${((after - before) / frames).toFixed(1)} µs CPU a frame (${frames} frames to ${SUBSCRIBERS} sockets)`;
}

async function publish(child: ChildProcess, events: number): Promise<number> {
  child.send(events);
  const [{ cpuMicros }] = (await once(child, 'message')) as [{ cpuMicros: number }];
  return cpuMicros;
}

async function subscribe(port: number, onEvent: () => void): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query: QUERY } }));
  socket.send('{"type":"ping"}');
  await once(socket, 'message');
  socket.on('message', (data) => data.toString().includes('"next"') && onEvent());
  return socket;
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}
