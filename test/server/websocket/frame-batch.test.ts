import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { FrameBatch } from '../../../src/server/websocket/frame-batch.ts';

let server: Server | null = null;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** What a WebSocket client makes of the bytes. */
async function receive(bytes: Buffer, count: number): Promise<readonly string[]> {
  const upgrades = new WebSocketServer({ noServer: true });
  server = createServer().on('upgrade', (request, transport, head) => {
    upgrades.handleUpgrade(request, transport, head, () => transport.write(bytes));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const texts: string[] = [];
  client.on('message', (data, isBinary) => texts.push(isBinary ? 'binary' : String(data)));
  while (texts.length < count) await once(client, 'message');
  client.terminate();
  return texts;
}

const framed = (head: string, body: string): [Uint8Array, Uint8Array] => [
  Buffer.from(head),
  Buffer.from(body),
];

it('is read as one text message for each frame, whatever its length', async () => {
  const batch = new FrameBatch();
  const bodies = [0, 1, 123, 124, 125, 126, 65_533, 65_534, 65_535, 200_000].map((size) => 'x'.repeat(size));
  for (const body of bodies) batch.add(...framed('{', body));
  const { byteLength } = batch;
  const bytes = batch.take();
  expect(bytes).toHaveLength(byteLength);
  expect(await receive(bytes, bodies.length)).toEqual(bodies.map((body) => `{${body}}`));
});

it('counts lengths in bytes, not in characters', async () => {
  const batch = new FrameBatch();
  batch.add(...framed('{"id":"ü","payload":', '"Grüße 👋"'));
  expect(await receive(batch.take(), 1)).toEqual(['{"id":"ü","payload":"Grüße 👋"}']);
});

it('is empty once it was taken', () => {
  const batch = new FrameBatch();
  batch.add(...framed('{', ''));
  batch.take();
  expect(batch.byteLength).toBe(0);
  expect(batch.take()).toHaveLength(0);
});
