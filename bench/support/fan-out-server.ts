import { createServer } from 'node:http';
import { pino } from 'pino';
import { type WebSocket, WebSocketServer } from 'ws';
import { schema } from '../../src/schema/index.ts';
import { deliveryReport } from '../../test/support/delivery-report.ts';
import { startTestGateway } from '../../test/support/test-gateway.ts';

/** In a process of its own: `gateway` or `floor`. Each message asks for so many events, one every few milliseconds. */
const EVENT_INTERVAL_MS = 10;
const { port, publish } = process.argv[2] === 'floor' ? await startFloor() : await startGateway();

process.on('message', async (events: number) => {
  for (let event = 0; event < events; event++) {
    await publish(event);
    await new Promise((resolve) => setTimeout(resolve, EVENT_INTERVAL_MS));
  }
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMicros: user + system });
});
process.send?.({ port });
process.on('SIGTERM', () => process.exit(0));

interface Publisher {
  readonly port: number;
  readonly publish: (event: number) => Promise<unknown>;
}

const reportOf = (event: number) =>
  deliveryReport({ messageId: `api_42_${process.hrtime.bigint()}_${String(event).padStart(16, '0')}` });

async function startGateway(): Promise<Publisher> {
  const env = { LIMIT_SOCKETS_PER_CALLER: '10000' };
  const { url, parts } = await startTestGateway({ schema, env, parts: { logger: pino({ level: 'info' }) } });
  const port = Number(new URL(url).port);
  return { port, publish: (event) => parts.store.log.append('default', reportOf(event)) };
}

/** What nobody goes below with this library: one frame, sent to each socket as it is. */
async function startFloor(): Promise<Publisher> {
  const server = createServer();
  const sockets = new Set<WebSocket>();
  new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket) => {
    sockets.add(socket);
    socket.on('message', () => socket.send('{"type":"connection_ack"}'));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as { port: number };
  const publish = async (event: number) => {
    const report = JSON.stringify({ id: '1', type: 'next', payload: { data: reportOf(event) } });
    for (const socket of sockets) socket.send(report);
  };
  return { port, publish };
}
