import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type LiveGateway, startLiveGateway } from '../support/live-gateway.ts';
import { openRawSocket } from '../support/raw-socket.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { tokenFor } from '../support/tokens.ts';

const HANGS = () => {};
const QUERY = '{ balance { amount } messages(first: 5) { edges { node { id } } } }';
const SUBSCRIPTION = 'subscription { messageStatusChanged(messageIds: ["m1"]) { cursor } }';

let provider: ScriptedUpstream;
let live: LiveGateway;
let token: string;

beforeEach(async () => {
  provider = await startScriptedUpstream(HANGS);
  live = await startLiveGateway({ providerUrl: provider.baseUrl, env: { LOG_LEVEL: 'debug' } });
  token = await tokenFor({ sub: 'a', scope: '*' });
});
afterEach(async () => {
  await live.close();
  await provider.close();
});

describe('a caller that hangs up while the provider hangs', () => {
  it('is no error over HTTP', async () => {
    const hangUp = await ask(QUERY, 'application/json');
    await provider.received(2);
    hangUp();
    await expectAbandoned('query');
  });

  it('is no error over a stream of events', async () => {
    const hangUp = await ask(SUBSCRIPTION, 'text/event-stream');
    await provider.received(1);
    hangUp();
    await expectAbandoned('subscription');
  });

  it.each(['closes its socket', 'completes its operation'])(
    'is no error over a WebSocket when it %s',
    async (way) => {
      const socket = await openRawSocket(live.webSocketUrl);
      socket.send({ type: 'connection_init', payload: { token } });
      await socket.next();
      socket.send({ id: '1', type: 'subscribe', payload: { query: QUERY } });
      await provider.received(2);
      if (way === 'closes its socket') socket.terminate();
      else socket.send({ id: '1', type: 'complete' });
      await expectAbandoned('query');
      socket.terminate();
    },
  );
});

/** Over a plain TCP connection, so that a hang-up is nothing but one. */
async function ask(query: string, accept: string): Promise<() => void> {
  const body = JSON.stringify({ query });
  const { hostname, port } = new URL(live.url);
  const connection = connect(Number(port), hostname);
  await once(connection, 'connect');
  connection.write(
    `POST /graphql HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${token}\r\naccept: ${accept}\r\n` +
      `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  return () => connection.destroy();
}

async function expectAbandoned(type: string): Promise<void> {
  await vi.waitFor(async () =>
    expect(await live.metrics()).toContain(
      `gateway_operations_total{type="${type}",outcome="abandoned"} 1\n`,
    ),
  );
  const lines = live.logLines.map((line) => JSON.parse(line) as { level: string; outcome?: string });
  expect(lines.filter(({ level }) => ['warn', 'error', 'fatal'].includes(level))).toEqual([]);
  expect(lines).toContainEqual(expect.objectContaining({ level: 'debug', outcome: 'abandoned' }));
}
