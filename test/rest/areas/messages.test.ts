import { describe, expect, it } from 'vitest';
import type { TrafficQuery } from '../../../src/domain/list-query.ts';
import { UpstreamContractError } from '../../../src/rest/failures/failures.ts';
import { json, refusal, type Script } from '../../support/scripted-upstream.ts';
import { errorOf, useScriptedProvider } from '../../support/use-scripted-provider.ts';

const provider = useScriptedProvider();
const EVERYTHING: TrafficQuery = {
  range: { from: '2026-02-13', to: '2026-02-14' },
  statusGroup: null,
  phoneContains: null,
  country: null,
  sender: null,
  source: 'ALL',
};
const PAGE = { page: 1, limit: 25 };
const ID = 'api_42_1743667200123456789_a3f8b2c1d9e45f67';
const ROW = {
  recipient: '+14155551234',
  sender_id: 'MyApp',
  message: 'Your code is 847291',
  status: 'DELIVRD',
  status_code: '000',
  segments: 1,
  cost: 0.0085,
  created_at: '2026-02-13T10:30:00Z',
  delivered_at: '2026-02-13T10:30:04Z',
};
const MESSAGE = {
  messageId: ID,
  recipient: '+14155551234',
  sender: 'MyApp',
  text: 'Your code is 847291',
  encoding: 'GSM_7',
  segments: 1,
  status: 'DELIVERED',
  rawStatus: 'DELIVRD',
  statusCode: '000',
  cost: '0.0085',
  createdAt: '2026-02-13T10:30:00.000Z',
  deliveredAt: '2026-02-13T10:30:04.000Z',
};

describe('the message history', () => {
  const page = (...messages: unknown[]) => ({ messages, total: 1250, page: 1, limit: 25, total_pages: 50 });
  const list = (script: Script, query = {}) =>
    provider.ask(script, (session) => session.listMessages({ ...EVERYTHING, ...query }, PAGE));

  it('is read into messages', async () => {
    const { source: _, ...query } = EVERYTHING;
    const answered = await provider.ask(json(page({ id: 1847, client_message_id: ID, ...ROW })), (session) =>
      session.listMessages(query, PAGE),
    );
    expect(answered).toMatchObject({ rows: [MESSAGE], total: 1250, page: 1, totalPages: 50, served: 1 });
    expect(provider.asked()).toBe('GET /api/v1/sms/messages?from=2026-02-13&to=2026-02-14&page=1&limit=25');
  });

  it('is narrowed by every member of the filter', async () => {
    const narrow = { statusGroup: 'UNDELIVERED', phoneContains: '+1415', country: 'US', sender: 'My App' };
    await list(json(page()), narrow);
    expect(Object.fromEntries(provider.upstream.requests[0]?.query ?? [])).toMatchObject({
      status: 'undelivered',
      phone: '+1415',
      country: 'US',
      sender: 'My App',
    });
  });

  it('leaves out rows that make no sense, counts them, and keeps the others', async () => {
    const rows = [null, 7, { client_message_id: ID }, { ...ROW }, { client_message_id: ID, ...ROW }];
    expect((await list(json(page(...rows)))).rows).toEqual([MESSAGE]);
    expect(await provider.test.metrics.render()).toContain(
      'gateway_upstream_dropped_rows_total{area="messages"} 4',
    );
  });

  it('reads a row whose lesser members are missing, null or odd', async () => {
    const odd = { client_message_id: ID, recipient: '+1', status: 'in_orbit', segments: 'two', cost: null };
    const { rows } = await list(json(page({ ...odd, status_code: 7, delivered_at: null, new_member: [1] })));
    expect(rows).toEqual([
      {
        messageId: ID,
        recipient: '+1',
        sender: '',
        text: '',
        encoding: 'GSM_7',
        segments: null,
        status: 'UNRECOGNIZED',
        rawStatus: 'in_orbit',
        statusCode: '7',
        cost: null,
        createdAt: '2025-04-03T08:00:00.123Z',
        deliveredAt: null,
      },
    ]);
  });

  it('without a page around the rows is a broken contract', async () => {
    expect(await errorOf(list(json([])))).toBeInstanceOf(UpstreamContractError);
  });

  it('fresh passes what is kept by', async () => {
    const session = provider.test.session();
    provider.upstream.script(json(page()));
    await session.listMessages(EVERYTHING, PAGE);
    await session.listMessages(EVERYTHING, PAGE);
    await session.listMessages(EVERYTHING, { ...PAGE, isFresh: true });
    expect(session.cost).toEqual({ calls: 2, coalesced: 0, cached: 1 });
  });
});

describe('the status of a message', () => {
  const load = (script: Script, id = ID) => provider.ask(script, (session) => session.loadMessage(id));
  const status = (more = {}) => json({ status: true, message: { message_id: ID, ...ROW, ...more } });

  it('is read into the same message as the history', async () => {
    expect(await load(status())).toEqual(MESSAGE);
    expect(provider.asked()).toBe(`GET /api/v1/sms/status/${ID}?`);
  });

  it.each([{ delivered_at: null }, { delivered_at: undefined }])('has no delivery yet: %o', async (more) => {
    expect(await load(status({ status: 'pending', ...more }))).toMatchObject({
      status: 'PENDING',
      deliveredAt: null,
    });
  });

  it('is null when the provider knows no such message', async () => {
    expect(await load(refusal(404, 'NOT_FOUND'))).toBeNull();
  });

  it.each(['..', '.', 'a/b', 'a b', 'ä', '', 'x'.repeat(201)])(
    'of an impossible id %j costs no call',
    async (id) => {
      expect(await load(status(), id)).toBeNull();
      expect(provider.upstream.requests).toHaveLength(0);
    },
  );

  it('without a message is a broken contract', async () => {
    expect(await errorOf(load(json({ status: true })))).toBeInstanceOf(UpstreamContractError);
  });
});
