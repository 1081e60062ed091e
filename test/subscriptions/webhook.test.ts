import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../src/metrics.ts';
import { BEFORE_ALL, type Store, StoreUnavailableError } from '../../src/store/store.ts';
import { createWebhookReceiver, type PostedWebhook } from '../../src/subscriptions/webhook.ts';
import { checkSignature } from '../../src/subscriptions/webhook-signature.ts';
import { openTestStore, silentLogger, WORKSPACE } from './support.ts';

const SECRET = 'whsec';
const SIGNED_AT = 1_770_978_600;
const NOW_MS = SIGNED_AT * 1000;
const BODY = {
  message_id: 'api_42_1770978600123456789_a3f8b2c1d9e45f67',
  recipient: '+14155551234',
  sender_id: 'MyApp',
  status: 'DELIVRD',
  status_code: '000',
  num_parts: 1,
  cost: 0.0085,
  timestamp: '2026-02-13T10:30:04Z',
};

function sign(
  body: string | Buffer,
  changed: Partial<PostedWebhook> & { secret?: string } = {},
): PostedWebhook {
  const { secret = SECRET, ...members } = changed;
  const rawBody = Buffer.from(body);
  const timestamp = members.timestamp ?? String(SIGNED_AT);
  const mac = createHmac('sha256', secret).update(`${timestamp}.`).update(rawBody).digest('hex');
  return {
    workspace: WORKSPACE,
    secrets: [SECRET],
    timestamp,
    signature: `sha256=${mac}`,
    rawBody,
    ...members,
  };
}

async function open(changed: { store?: Partial<Store>; nowMs?: number; appendTimeoutMs?: number } = {}) {
  const store = await openTestStore();
  const metrics = createMetrics({ process: false });
  const receiver = createWebhookReceiver({
    store: { ...store, ...changed.store },
    clock: { now: () => changed.nowMs ?? NOW_MS },
    logger: silentLogger,
    metrics,
    appendTimeoutMs: changed.appendTimeoutMs ?? 2000,
  });
  const reports = async () => (await store.log.read(BEFORE_ALL, 100)).map((entry) => entry.report);
  return { receiver, store, metrics, reports };
}
const post = (receiver: { receive(webhook: PostedWebhook): Promise<unknown> }, body: unknown) =>
  receiver.receive(sign(JSON.stringify(body)));

describe('the signature of a webhook', () => {
  const vector: PostedWebhook = {
    workspace: WORKSPACE,
    secrets: ['whsec'],
    timestamp: '1770978600',
    signature: 'sha256=00b6f550abdc637b3177f3c9ce5b6238899323a63d946e989d56de841337c1e6',
    rawBody: Buffer.from('{"message_id":"m1","status":"DELIVRD"}'),
  };
  const check = (webhook: PostedWebhook, nowMs = NOW_MS) => checkSignature(webhook, webhook.secrets, nowMs);

  it("is that of the provider's own example", () => {
    expect(check(vector)).toBe('authentic');
  });

  it('may be made with any active secret', () => {
    expect(check({ ...vector, secrets: ['new', 'whsec', 'older'] })).toBe('authentic');
    expect(check({ ...vector, secrets: ['new', 'older'] })).toBe('unsigned');
    expect(check({ ...vector, secrets: [] })).toBe('unsigned');
    expect(checkSignature(sign('{}', { secret: '' }), [''], NOW_MS)).toBe('unsigned');
  });

  it('holds for five minutes, either way', () => {
    expect(check(vector, NOW_MS + 300_000)).toBe('authentic');
    expect(check(vector, NOW_MS - 300_000)).toBe('authentic');
    expect(check(vector, NOW_MS + 300_001)).toBe('stale');
    expect(check(vector, NOW_MS - 300_001)).toBe('stale');
  });

  it.each([
    ['no signature', { signature: undefined }],
    ['no timestamp', { timestamp: undefined }],
    ['no scheme', { signature: '00b6f550abdc637b3177f3c9ce5b6238899323a63d946e989d56de841337c1e6' }],
    ['too short a signature', { signature: 'sha256=00b6f550' }],
    ['a timestamp that is no number', { timestamp: '1770978600.0' }],
    ['a timestamp in hexadecimal', { timestamp: '0x698EFEA8' }],
    ['a negative timestamp', { timestamp: '-1770978600' }],
    ['an endless timestamp', { timestamp: '9'.repeat(400) }],
    ['another body', { rawBody: Buffer.from('{"message_id":"m1","status":"UNDELIV"}') }],
    ['another timestamp', { timestamp: '1770978601' }],
  ])('is refused with %s', (_what, changed) => {
    expect(check({ ...vector, ...changed })).toBe('unsigned');
  });

  it('fits exactly the bytes, the time and the secret it was made for', () => {
    const bytes = fc.uint8Array({ maxLength: 64 }).map((array) => Buffer.from(array));
    const secrets = fc.string({ minLength: 1, maxLength: 64 });
    fc.assert(
      fc.property(bytes, bytes, secrets, secrets, (body, otherBody, secret, otherSecret) => {
        const webhook = sign(body, { secret, secrets: [otherSecret, secret] });
        expect(check(webhook)).toBe('authentic');
        if (!otherBody.equals(body)) expect(check({ ...webhook, rawBody: otherBody })).toBe('unsigned');
        if (otherSecret !== secret) expect(check({ ...webhook, secrets: [otherSecret] })).toBe('unsigned');
      }),
    );
  });
});

describe('the receiver of delivery reports', () => {
  it('writes a report to the log before it answers', async () => {
    const { receiver, reports, metrics } = await open();
    expect(await post(receiver, BODY)).toEqual({ status: 204, verdict: 'appended' });
    expect(await reports()).toEqual([
      {
        messageId: BODY.message_id,
        recipient: '+14155551234',
        sender: 'MyApp',
        status: 'DELIVERED',
        rawStatus: 'DELIVRD',
        statusCode: '000',
        segments: 1,
        cost: '0.0085',
        occurredAt: '2026-02-13T10:30:04.000Z',
        receivedAt: new Date(NOW_MS).toISOString(),
        isRecovered: false,
      },
    ]);
    expect(await metrics.render()).toContain('gateway_webhooks_total{verdict="appended"} 1');
    expect(await metrics.render()).toContain('gateway_reports_appended_total{source="webhook"} 1');
  });

  it('is read behind a byte-order mark, which is signed like every other byte', async () => {
    const { receiver, reports } = await open();
    const marked = sign(`\ufeff${JSON.stringify(BODY)}`);
    expect(await receiver.receive(marked)).toEqual({ status: 204, verdict: 'appended' });
    expect(await reports()).toMatchObject([{ messageId: BODY.message_id }]);
    const unmarked = { ...marked, rawBody: marked.rawBody.subarray(3) };
    expect(await receiver.receive(unmarked)).toMatchObject({ status: 401 });
  });

  it('writes a report once, however often and however signed it comes', async () => {
    const { receiver, reports } = await open();
    const body = JSON.stringify(BODY);
    const again = [body, body, JSON.stringify(BODY, null, 1)].map((text, index) =>
      receiver.receive(sign(text, { timestamp: String(SIGNED_AT + index * 10) })),
    );
    const verdicts = (await Promise.all(again)).map(({ verdict }) => verdict);
    expect(verdicts.sort()).toEqual(['appended', 'duplicate', 'duplicate']);
    expect(await reports()).toHaveLength(1);
  });

  it('keeps the digits of the price as they came', async () => {
    const { receiver, reports } = await open();
    const cost = '0.10000000000000000000000001';
    const body = JSON.stringify(BODY).replace('0.0085', cost);
    await receiver.receive(sign(body));
    expect((await reports())[0]?.cost).toBe(cost);
  });

  it('refuses what the provider did not sign, without a word and without a trace', async () => {
    const { receiver, reports, store, metrics } = await open();
    const body = JSON.stringify(BODY);
    expect(await receiver.receive(sign(body, { secret: 'guessed' }))).toEqual({
      status: 401,
      verdict: 'unsigned',
    });
    expect(await receiver.receive(sign(body, { secrets: [] }))).toEqual({ status: 401, verdict: 'unsigned' });
    const timestamp = String(SIGNED_AT - 301);
    expect(await receiver.receive(sign(body, { timestamp }))).toEqual({ status: 401, verdict: 'stale' });
    expect(await receiver.receive(sign('not JSON', { secret: 'guessed' }))).toMatchObject({ status: 401 });
    expect(await reports()).toEqual([]);
    expect(await store.deadLetters.list(10)).toEqual([]);
    expect(await metrics.render()).toContain('gateway_webhooks_total{verdict="unsigned"} 3');
  });

  it('reads tolerantly what a report can do without', async () => {
    const { receiver, reports } = await open();
    const minimal = { message_id: 'm1', recipient: 14155551234, status: 'delivrd', surprise: { deep: [1] } };
    expect(await post(receiver, minimal)).toMatchObject({ verdict: 'appended' });
    expect((await reports())[0]).toMatchObject({
      messageId: 'm1',
      recipient: '+14155551234',
      status: 'DELIVERED',
      rawStatus: 'delivrd',
      sender: null,
      statusCode: null,
      segments: null,
      cost: null,
      occurredAt: new Date(NOW_MS).toISOString(),
    });
    const odd = {
      ...BODY,
      status_code: 27,
      num_parts: 'many',
      cost: 'free',
      timestamp: 'yesterday',
      sender_id: '',
    };
    expect(await post(receiver, odd)).toMatchObject({ verdict: 'appended' });
    expect((await reports())[1]).toMatchObject({
      statusCode: '27',
      segments: null,
      cost: null,
      sender: null,
      occurredAt: new Date(NOW_MS).toISOString(),
    });
  });

  it('keeps a status that it does not know as it came', async () => {
    const { receiver, reports } = await open();
    await post(receiver, { ...BODY, status: 'BUFFERD' });
    expect((await reports())[0]).toMatchObject({ status: 'UNRECOGNIZED', rawStatus: 'BUFFERD' });
  });

  it.each([
    ['no JSON', 'nonsense', 'The body is not JSON.'],
    ['nothing', '', 'The body is not JSON.'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00]), 'The body is not JSON.'],
    ['a list', '[]', 'Missing or unusable: the body itself.'],
    ['no id', JSON.stringify({ ...BODY, message_id: undefined }), 'Missing or unusable: message_id.'],
    [
      'an endless id',
      JSON.stringify({ ...BODY, message_id: 'm'.repeat(201) }),
      'Missing or unusable: message_id.',
    ],
    ['no status', JSON.stringify({ ...BODY, status: ' ' }), 'Missing or unusable: status.'],
    ['no number', JSON.stringify({ ...BODY, recipient: 'Bob' }), 'Missing or unusable: recipient.'],
  ])('sets aside %s with a valid signature, and asks for no repeat', async (_what, body, reason) => {
    const { receiver, reports, store, metrics } = await open();
    expect(await receiver.receive(sign(body))).toEqual({ status: 204, verdict: 'unusable' });
    expect(await reports()).toEqual([]);
    expect(await store.deadLetters.list(10)).toEqual([
      { workspace: WORKSPACE, receivedAtMs: NOW_MS, reason, body: Buffer.from(body).toString('utf8') },
    ]);
    expect(await metrics.render()).toContain('gateway_webhooks_total{verdict="unusable"} 1');
  });

  it('logs nothing of what it set aside', async () => {
    const lines: string[] = [];
    const store = await openTestStore();
    const receiver = createWebhookReceiver({
      store,
      clock: { now: () => NOW_MS },
      logger: pino({ level: 'trace' }, { write: (line) => lines.push(line) }),
      metrics: createMetrics({ process: false }),
    });
    await receiver.receive(
      sign(JSON.stringify({ ...BODY, recipient: 'canary', status: { canary: 'canary' } })),
    );
    expect(lines).toHaveLength(1);
    expect(lines.join()).not.toContain('canary');
  });

  it('asks for a repeat when the store is away, and takes it when the store is back', async () => {
    const store = await openTestStore();
    let isAway = true;
    const log = {
      ...store.log,
      append: (...args: Parameters<typeof store.log.append>) =>
        isAway ? Promise.reject(new StoreUnavailableError('away')) : store.log.append(...args),
    };
    const { receiver, metrics } = await open({ store: { log } });
    expect(await post(receiver, BODY)).toEqual({ status: 503, verdict: 'store_away' });
    isAway = false;
    expect(await post(receiver, BODY)).toEqual({ status: 204, verdict: 'appended' });
    expect(await metrics.render()).toContain('gateway_webhooks_total{verdict="store_away"} 1');
  });

  it('asks for a repeat when the store does not answer in time', async () => {
    const append = () => new Promise<never>(() => undefined);
    const store = await openTestStore();
    const { receiver } = await open({ store: { log: { ...store.log, append } }, appendTimeoutMs: 20 });
    expect(await post(receiver, BODY)).toEqual({ status: 503, verdict: 'store_away' });
  });

  it('does not acknowledge what it could not set aside', async () => {
    const add = () => Promise.reject(new StoreUnavailableError('away'));
    const store = await openTestStore();
    const { receiver } = await open({ store: { deadLetters: { ...store.deadLetters, add } } });
    expect(await post(receiver, 'nonsense')).toEqual({ status: 503, verdict: 'store_away' });
  });
});
