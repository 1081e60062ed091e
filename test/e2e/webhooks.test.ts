import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openEventStream } from '../support/event-stream-client.ts';
import { type RunningGateway, runSimulated, WEBHOOK_SECRET } from '../support/run-gateway.ts';

const FEED =
  'subscription { deliveryReportReceived { report { messageId status statusCode recipient cost } } }';
const NOW = () => Math.floor(Date.now() / 1000);

interface Post {
  readonly secret?: string;
  readonly timestamp?: number | string;
  readonly signature?: string;
}

/** Posts bytes as the provider would, signed unless told otherwise. */
async function post({ url }: Pick<RunningGateway, 'url'>, body: string, options: Post = {}): Promise<number> {
  const { secret = WEBHOOK_SECRET, timestamp = NOW() } = options;
  const mac = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  const response = await fetch(`${url}/webhooks/delivery`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-webhook-timestamp': String(timestamp),
      'x-webhook-signature': options.signature ?? `sha256=${mac}`,
    },
  });
  await response.arrayBuffer();
  return response.status;
}

const report = (messageId: string, more: object = {}) =>
  JSON.stringify({
    message_id: messageId,
    recipient: '+447700900123',
    sender_id: 'MyApp',
    status: 'DELIVRD',
    status_code: '000',
    num_parts: 1,
    cost: 0.0325,
    timestamp: '2026-02-13T10:30:04Z',
    ...more,
  });

/** Two callers of the same feed, one over SSE and one over WebSocket. */
async function followBoth(running: RunningGateway) {
  const stream = await openEventStream(running.graphqlUrl, { query: FEED });
  const events = running.connect().iterate<{ deliveryReportReceived: { report: unknown } }>({ query: FEED });
  const first = events.next();
  await expect.poll(() => running.gateway.parts.hub.subscriberCount).toBe(2);
  let pending: ReturnType<typeof events.next> | null = first;
  return {
    async next() {
      const overSse = JSON.parse((await stream.next()).data).data.deliveryReportReceived.report;
      const step = await (pending ?? events.next());
      pending = null;
      expect(step.value?.data?.deliveryReportReceived.report).toEqual(overSse);
      return overSse;
    },
    close: () => stream.close(),
  };
}

describe('a delivery report that is posted', () => {
  it('reaches subscribers over WebSocket and SSE alike, once, however often and in whatever order it comes', async () => {
    const running = await runSimulated();
    const feed = await followBoth(running);
    expect(await post(running, report('m-1'))).toBe(204);
    expect(await post(running, report('m-1'))).toBe(204);
    expect(await post(running, report('m-1'), { timestamp: NOW() + 100 })).toBe(204); // a retry, signed anew
    const older = { status: 'UNDELIV', status_code: '001', timestamp: '2026-02-13T10:30:01Z' };
    expect(await post(running, report('m-1', older))).toBe(204);
    expect(await post(running, report('m-2', { cost: '0.10', future_key: [1] }))).toBe(204);
    const told = [await feed.next(), await feed.next(), await feed.next()];
    feed.close();
    expect(told).toEqual([
      {
        messageId: 'm-1',
        status: 'DELIVERED',
        statusCode: '000',
        recipient: '+447700900123',
        cost: '0.0325',
      },
      {
        messageId: 'm-1',
        status: 'UNDELIVERED',
        statusCode: '001',
        recipient: '+447700900123',
        cost: '0.0325',
      },
      { messageId: 'm-2', status: 'DELIVERED', statusCode: '000', recipient: '+447700900123', cost: '0.10' },
    ]);
  });

  it('is refused when it may not be the provider that posts, and reaches nobody', async () => {
    const running = await runSimulated();
    const feed = await followBoth(running);
    const body = report('forged');
    const good = createHmac('sha256', WEBHOOK_SECRET).update(`${NOW()}.${body}`).digest('hex');
    const refused = [
      await post(running, body, { secret: 'another secret' }),
      await post(running, body, { timestamp: NOW() - 301 }),
      await post(running, body, { timestamp: NOW() + 302 }),
      await post(running, body, { timestamp: 'now' }),
      await post(running, body, { signature: good }), // without its prefix
      await post(running, body, { signature: `sha256=${'0'.repeat(64)}` }),
      await post(running, body, { signature: '' }),
      await post(running, `${body} `, { signature: `sha256=${good}` }), // one byte more than was signed
    ];
    expect(refused).toEqual(Array(8).fill(401));
    const unsigned = await fetch(`${running.url}/webhooks/delivery`, { method: 'POST', body });
    expect(unsigned.status).toBe(401);
    expect(await unsigned.text()).not.toMatch(/secret|signature|timestamp/i); // a bare 401 is enough
    expect(await post(running, report('real'))).toBe(204);
    expect(await feed.next()).toMatchObject({ messageId: 'real' });
    feed.close();
  });

  it('is taken within five minutes either way, and under each secret while they are rotated', async () => {
    const running = await runSimulated({
      env: { WEBHOOK_SECRETS: 'the-secret-of-tomorrow,the-secret-of-today' },
    });
    expect(
      await post(running, report('a'), { secret: 'the-secret-of-tomorrow', timestamp: NOW() - 295 }),
    ).toBe(204);
    expect(await post(running, report('b'), { secret: 'the-secret-of-today', timestamp: NOW() + 295 })).toBe(
      204,
    );
    expect(await post(running, report('c'), { secret: 'the-secret-of-yesterday' })).toBe(401);
  });

  it('is refused when it is larger than 64 KiB, whatever it says of its length', async () => {
    const running = await runSimulated();
    const large = report('large', { padding: 'x'.repeat(65 * 1024) });
    expect(await post(running, large)).toBe(413);
    const inChunks = new ReadableStream({
      pull(controller) {
        controller.enqueue(Buffer.alloc(16 * 1024, 'x'));
      },
    });
    const endless = await fetch(`${running.url}/webhooks/delivery`, {
      method: 'POST',
      body: inChunks,
      duplex: 'half',
    } as RequestInit).then(
      ({ status }) => status,
      () => 'cut',
    );
    expect([413, 'cut']).toContain(endless);
    expect(await post(running, report('fits', { padding: 'x'.repeat(60 * 1024) }))).toBe(204);
  });

  it('is acknowledged and set aside when it is signed but makes no sense: a retry would not mend it', async () => {
    const running = await runSimulated();
    const feed = await followBoth(running);
    const senseless = ['', '[]', 'null', '{"status":"DELIVRD"', '{}', '{"message_id":7,"status":"DELIVRD"}'];
    for (const body of senseless) expect(await post(running, body)).toBe(204);
    expect(await post(running, report('sense'))).toBe(204);
    expect(await feed.next()).toMatchObject({ messageId: 'sense' });
    feed.close();
    const metrics = await (await fetch(`${running.url}/metrics`)).text();
    expect(metrics).toContain(`gateway_webhooks_total{verdict="unusable"} ${senseless.length}`);
  });

  it('answers only POST, and only where there is a workspace', async () => {
    const { url } = await runSimulated();
    expect((await fetch(`${url}/webhooks/delivery`)).status).toBe(405);
    expect((await fetch(`${url}/webhooks/nobody/delivery`, { method: 'POST', body: '{}' })).status).toBe(404);
  });
});

describe('the life of a message', () => {
  it('is followed from the send to the handset on both transports, and then both streams complete', async () => {
    const running = await runSimulated({ provider: { timings: { sentAfterMs: 50, deliveredAfterMs: 400 } } });
    const { data } =
      await running.ask(`mutation { sendSms(input: { to: ["+447700900123"], text: "Hi", sender: "MyApp" }) {
      ... on SendResult { recipients { messageId } } } }`);
    const query = `subscription { messageStatusChanged(messageIds: ["${data.sendSms.recipients[0].messageId}"]) {
      status previousStatus message { status deliveredAt isFinal } } }`;
    const stream = await openEventStream(running.graphqlUrl, { query });
    const overSocket: { status: string; message: unknown }[] = [];
    for await (const { data: event } of running
      .connect()
      .iterate<Record<string, (typeof overSocket)[number]>>({ query }))
      if (event?.['messageStatusChanged']) overSocket.push(event['messageStatusChanged']);
    const end = overSocket.at(-1);
    expect(overSocket[0]).toMatchObject({ previousStatus: null });
    expect(end).toMatchObject({
      status: 'DELIVERED',
      message: { status: 'DELIVERED', isFinal: true, deliveredAt: expect.any(String) },
    });
    const overSse = (await stream.text()).split('\n\n').filter((event) => event.includes('data: {'));
    expect(overSse.at(-1)).toContain('"status":"DELIVERED"');
    expect(await stream.text()).toContain('event: complete');
  });
});
