import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getIntrospectionQuery } from 'graphql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/domain/clock.ts';
import { openEmbeddedStore } from '../../src/store/embedded/open-embedded-store.ts';
import { createDeferred } from '../support/deferred.ts';
import { FEED_QUERY } from '../support/follow-queries.ts';
import { type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts';
import { countSubscribers, openSubscription } from '../support/open-subscription.ts';
import {
  json,
  type Script,
  type ScriptedUpstream,
  startScriptedUpstream,
} from '../support/scripted-upstream.ts';
import { postReport } from '../support/signed-report.ts';
import { openStubbornSocket } from '../support/stubborn-socket.ts';
import { subscribeOverSocket, subscribeOverStream } from '../support/subscribe-once.ts';

const SECRET = 'the webhook secret of the test';
/** More than one batch of sockets. */
const SOCKETS = 70;
const STREAMS = 5;

let folder: string;
let provider: ScriptedUpstream;
let gateway: GatewayProcess;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'drain-'));
  provider = await startScriptedUpstream(json({}));
  gateway = await startGatewayProcess({
    HOME: folder,
    STORE_URL: `file:${join(folder, 'data')}`,
    SMS_API_URL: provider.baseUrl,
    SMS_API_KEY: 'sk_prod_of_the_test',
    METRICS: 'public',
    WEBHOOK_SECRETS: SECRET,
    AUTH: 'none',
    INTROSPECTION: 'on',
    DRAIN_NOTICE_MS: '300',
    LIMIT_BODY_MS: '2000',
    SMS_API_TIMEOUT_MS: '2500',
    LIMIT_EVENT_LOOP_LAG_MS: '60000', // nobody is turned away, however busy the machine is
  });
}, 60_000);
afterEach(async () => {
  await gateway.kill();
  await provider.close();
  rmSync(folder, { recursive: true, force: true });
});

async function ask(body: unknown, signal?: AbortSignal): Promise<{ readonly data: unknown }> {
  const response = await fetch(gateway.graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  });
  return (await response.json()) as { readonly data: unknown };
}

const sendOf = (idempotencyKey: string) => ({
  query: `mutation ($input: SendSmsInput!) { sendSms(input: $input) {
    __typename ... on SendResult { recipients { messageId } } } }`,
  variables: { input: { to: ['+447911123456'], text: 'Hello', sender: 'MyApp', idempotencyKey } },
});

const MESSAGE_ID = 'api_42_1743667200123456789_a3f8b2c1d9e45f67';
const SENT = {
  status: true,
  messages: [{ dnis: '+447911123456', message_id: MESSAGE_ID, segment_num: 1 }],
  results: [{ dnis: '+447911123456', message_id: MESSAGE_ID, segments: 1, status: 'accepted' }],
  summary: {
    ...{ total_recipients: 1, total_segments: 1, total_cost: 0.0085, encoding: 'GSM-7', accepted_count: 1 },
    ...{ blocked_count: 0, queue_error_count: 0, config_error_count: 0, db_error_count: 0 },
  },
};
const SENT_RESULT = { __typename: 'SendResult', recipients: [{ messageId: MESSAGE_ID }] };

/** Answers when the test says so. */
function answerAt(moment: Promise<unknown>): Script {
  return async (request, response, index) => {
    await moment;
    const body =
      request.method === 'POST' ? SENT : { balance: 12.5, currency: 'EUR', updated: '2026.02.13 10:15:00' };
    await json(request.path.endsWith('/pricing') ? [] : body)(request, response, index);
  };
}

describe('SIGTERM', () => {
  it('lets what runs end, sends subscribers elsewhere, and ends with 0', async () => {
    const answers = createDeferred();
    provider.script(answerAt(answers.promise));
    const { url } = gateway;
    const feeds = [
      ...Array.from({ length: SOCKETS }, () =>
        openSubscription(subscribeOverSocket, { url, query: FEED_QUERY }),
      ),
      ...Array.from({ length: STREAMS }, () =>
        openSubscription(subscribeOverStream, { url, query: FEED_QUERY }),
      ),
    ];
    await expect.poll(() => countSubscribers(url)).toBe(SOCKETS + STREAMS);
    const idle = connect(Number(new URL(url).port), '127.0.0.1');
    idle.write('GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await once(idle, 'data');
    const idleEnded = once(idle.resume(), 'close');

    const balance = ask({ query: '{ balance { amount } }' });
    const sending = ask(sendOf('waited for'));
    const overSocket = openSubscription(subscribeOverSocket, { url, ...sendOf('over a socket') });
    const caller = new AbortController();
    const abandoned = ask(sendOf('abandoned'), caller.signal);
    await provider.received(4);
    caller.abort();
    await expect(abandoned).rejects.toThrow();

    gateway.signal('SIGTERM');
    await gateway.hasLogged('draining');
    // The notice: not ready, and everything still works.
    const readiness = await fetch(`${url}/readyz`);
    expect({ status: readiness.status, body: await readiness.json() }).toEqual({
      status: 503,
      body: { status: 'not ready', failing: ['draining'], causes: {}, warnings: [] },
    });
    expect(await postReport(url, { messageId: 'm-late' }, SECRET)).toBe(204);
    expect(await ask({ query: '{ viewer { workspace } }' })).toMatchObject({ data: { viewer: {} } });

    const ends = await Promise.all(feeds.map(({ over }) => over));
    expect(ends.filter((end) => end === 'closed 1012')).toHaveLength(SOCKETS);
    expect(ends.filter((end) => end === 'ended')).toHaveLength(STREAMS);
    // Requests that run keep the port open: whoever asks is still told.
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    answers.resolve();
    expect((await balance).data).toEqual({ balance: { amount: '12.5' } });
    expect((await sending).data).toEqual({ sendSms: SENT_RESULT });
    expect(await overSocket.next()).toEqual({ sendSms: SENT_RESULT });
    expect(await overSocket.over).toMatch(/^(complete|closed 1012)$/);
    await idleEnded;
    expect(await gateway.ended).toEqual({ code: 0, signal: null });

    const store = await openEmbeddedStore(join(folder, 'data'), systemClock);
    const settled = await store.sends.find('default', 'abandoned');
    await store.close();
    expect(settled?.outcome).toMatchObject({ kind: 'SENT' });
  }, 60_000);

  it('is not held up by clients that do not answer, do not read, or do not finish what they say', async () => {
    const deaf = await openStubbornSocket(gateway.webSocketUrl);
    deaf.send({ type: 'connection_init' });
    deaf.send({ type: 'subscribe', id: '1', payload: { query: FEED_QUERY } });
    await expect.poll(() => countSubscribers(gateway.url)).toBe(1);

    const blind = await openStubbornSocket(gateway.webSocketUrl);
    blind.send({ type: 'connection_init' });
    blind.stopReading();
    for (let id = 0; id < BIG_ANSWERS; id += 1)
      blind.send({ type: 'subscribe', id: String(id), payload: { query: getIntrospectionQuery() } });

    const body = JSON.stringify({ query: getIntrospectionQuery() });
    const head = 'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';
    const port = Number(new URL(gateway.url).port);
    const reluctant = connect(port, '127.0.0.1').on('error', () => {});
    reluctant.pause();
    // Many answers one after the other, none of which is read.
    reluctant.write(`${head}content-length: ${body.length}\r\n\r\n${body}`.repeat(BIG_ANSWERS));
    const halting = connect(port, '127.0.0.1').on('error', () => {});
    halting.write(`${head}content-length: 100\r\n\r\n{`);
    const mute = connect(port, '127.0.0.1').on('error', () => {});
    mute.write('POST /graphql HTTP/1.1\r\nhost:');
    await once(mute, 'connect');
    await ask({ query: '{ __typename }' }); // after all of that was taken in

    provider.script(() => {}); // which does not answer either
    const asked = ask(sendOf('unknown'));
    await provider.received(1);

    const beganAtMs = performance.now();
    gateway.signal('SIGTERM');
    expect((await asked).data).toEqual({ sendSms: { __typename: 'OutcomeUnknownError' } });
    expect(await gateway.ended).toEqual({ code: 0, signal: null });
    expect(performance.now() - beganAtMs).toBeLessThan(24_000);
    for (const socket of [deaf, blind, reluctant, halting, mute]) socket.destroy();
  }, 60_000);
});

/** Together more than the buffers of the system hold. */
const BIG_ANSWERS = 60;
