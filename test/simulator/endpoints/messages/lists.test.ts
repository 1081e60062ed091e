import { describe, expect, it } from 'vitest';
import type { Simulator } from '../../../../src/simulator/simulator.ts';
import { callApi, sendMessage, sendOne } from '../../support/api-client.ts';
import { KEY, startStill } from '../../support/start-for-test.ts';

const DAY_MS = 86_400_000;
const PAST = { days: 30, messages: 1_000, campaignMessages: 200 };

const startWithPast = () => startStill({ accounts: [{ id: 'acme', keys: [{ key: KEY }], history: PAST }] });

const list = async (simulator: Simulator, query: string, path = '/sms/messages') =>
  (await callApi(simulator, `${path}?${query}`)).body;

describe('GET /sms/messages', () => {
  it('has the documented rows and envelope, without a top-level status', async () => {
    const { simulator, time } = await startStill();
    const messageId = await sendOne(simulator, '+14155551234');
    await time.advance(5_000);
    const { text } = await callApi(simulator, '/sms/messages?limit=10');
    expect(text).toBe(
      `{"messages":[{"id":1001,"client_message_id":"${messageId}","recipient":"+14155551234","sender_id":"MyApp",` +
        '"message":"Hello!","status":"DELIVRD","status_code":"000","segments":1,"cost":0.0085,' +
        '"created_at":"2026-02-13T10:30:00Z","delivered_at":"2026-02-13T10:30:05Z"}],' +
        '"total":1,"page":1,"limit":10,"total_pages":1}',
    );
  });

  it('pages newest first, each row once, over the whole range', async () => {
    const { simulator } = await startWithPast();
    const ids: number[] = [];
    const days: string[] = [];
    for (let page = 1; page <= 10; page += 1) {
      const body = await list(simulator, `period=30d&limit=100&page=${page}`);
      expect(body).toMatchObject({ total: 1_000, page, limit: 100, total_pages: 10 });
      ids.push(...body.messages.map(({ id }) => Number(id)));
      days.push(...body.messages.map(({ created_at }) => created_at));
    }
    expect(new Set(ids).size).toBe(1_000);
    expect(ids).toEqual(ids.toSorted((left, right) => right - left));
    expect(days).toEqual(days.toSorted().toReversed());
  });

  it('answers an empty page beyond the last, and none when there is nothing', async () => {
    const { simulator } = await startWithPast();
    expect(await list(simulator, 'period=30d&page=11&limit=100')).toMatchObject({
      messages: [],
      total: 1_000,
    });
    expect(await list(simulator, 'from=2020-01-01&to=2020-01-31')).toEqual({
      messages: [],
      total: 0,
      page: 1,
      limit: 25,
      total_pages: 0,
    });
  });

  it('gives 25 rows unless told, and never more than 100', async () => {
    const { simulator } = await startWithPast();
    expect((await list(simulator, 'period=30d')).messages).toHaveLength(25);
    const greedy = await list(simulator, 'period=30d&limit=5000');
    expect([greedy.messages.length, greedy.limit, greedy.total_pages]).toEqual([100, 100, 10]);
  });

  it('shifts its pages when messages arrive at the head', async () => {
    const { simulator } = await startWithPast();
    const first = await list(simulator, 'period=30d&limit=10&page=1');
    const arrivals = simulator.addArrivals(10);
    const second = await list(simulator, 'period=30d&limit=10&page=2');
    expect(second.messages).toEqual(first.messages);
    const head = await list(simulator, 'period=30d&limit=10&page=1');
    expect(head.messages.map((row) => row.client_message_id)).toEqual(arrivals.toReversed());
    expect(head.total).toBe(1_010);
  });

  it('narrows by status groups; sent and failed are aliases', async () => {
    const { simulator, time } = await startStill();
    const outcomes = ['01', '02', '03', '04', '05', '10', '15', '16'].map((digits) => `+155501000${digits}`);
    await sendMessage(simulator, ['+14155551234', ...outcomes]);
    await time.advance(3_000);
    const statusesOf = async (group: string) =>
      (await list(simulator, `status=${group}`)).messages.map(({ status }) => status).toSorted();
    expect(await statusesOf('pending')).toEqual(
      ['ENROUTE', ...Array.from({ length: 7 }, () => 'sent')].toSorted(),
    );
    await time.advance(3_000);
    expect(await statusesOf('delivered')).toEqual(['DELIVRD', 'DELIVRD']);
    expect(await statusesOf('undelivered')).toEqual(['DELETED', 'REJECTD', 'UNDELIV']);
    expect(await statusesOf('failed')).toEqual(['DELETED', 'REJECTD', 'UNDELIV']);
    expect(await statusesOf('expired')).toEqual(['EXPIRED']);
    expect(await statusesOf('unknown')).toEqual(['UNKNOWN']);
    expect(await statusesOf('pending')).toEqual(['sent']);
    expect(await statusesOf('sent')).toEqual(['sent']);
    expect((await list(simulator, '')).total).toBe(9);
  });

  it('narrows by part of a number, country and sender, all at once', async () => {
    const { simulator } = await startStill();
    await sendMessage(simulator, ['+14155551234', '+447700900456'], { senderId: 'MyApp' });
    await sendMessage(simulator, ['+447700900499'], { senderId: 'Other' });
    const totalOf = async (query: string) => (await list(simulator, query)).total;
    expect(await totalOf('phone=7009')).toBe(2);
    expect(await totalOf('phone=%2B4477')).toBe(2);
    expect(await totalOf('country=GB')).toBe(2);
    expect(await totalOf('country=us')).toBe(1);
    expect(await totalOf('sender=MyApp')).toBe(2);
    expect(await totalOf('sender=MyApp&country=GB&phone=0456')).toBe(1);
    expect(await totalOf('sender=MyAp')).toBe(0);
  });

  it('takes seven days unless told, and the day of `to` whole', async () => {
    const { simulator, time } = await startStill();
    await sendOne(simulator, '+14155551234'); // on 2026-02-13
    await time.advance(7 * DAY_MS);
    const totalOf = async (query: string) => (await list(simulator, query)).total;
    expect([await totalOf(''), await totalOf('period=7d')]).toEqual([1, 1]);
    expect(await totalOf('from=2026-02-13&to=2026-02-13')).toBe(1);
    expect(await totalOf('from=2026-02-14&to=2026-02-20')).toBe(0);
    expect(await totalOf('from=2026-02-01&to=2026-02-12')).toBe(0);
    expect([await totalOf('period=today'), await totalOf('period=yesterday')]).toEqual([0, 0]);
    expect(await totalOf('period=this_month')).toBe(1);
    await time.advance(DAY_MS);
    expect([await totalOf(''), await totalOf('period=30d')]).toEqual([0, 1]);
    await time.advance(10 * DAY_MS); // now it is March
    expect([await totalOf('period=last_month'), await totalOf('period=this_month')]).toEqual([1, 0]);
    expect(await totalOf('from=2026-02-13')).toBe(1);
  });

  it.each([
    'page=0',
    'page=x',
    'page=-1',
    'limit=0',
    'limit=1.5',
    'status=DELIVRD',
    'status=constructor',
    'country=USA',
    'country=1',
    'period=1y',
    'from=2026-02-30&to=2026-03-01',
    'from=yesterday',
    'to=13.02.2026',
    'from=2026-02-14&to=2026-02-13',
    'period=7d&from=2026-02-13',
  ])('refuses %s', async (query) => {
    const { simulator } = await startStill();
    const answer = await callApi(simulator, `/sms/messages?${query}`);
    expect([answer.status, answer.body.error_code]).toEqual([400, 'INVALID_PARAMS']);
  });
});

describe('GET /sms/messages/unified', () => {
  const unified = (simulator: Simulator, query: string) => list(simulator, query, '/sms/messages/unified');

  it('mixes API and campaign traffic, newest first, with ids that are strings', async () => {
    const { simulator } = await startWithPast();
    const pages = Array.from({ length: 12 }, (_, index) => `period=30d&limit=100&page=${index + 1}`);
    const rows = (await Promise.all(pages.map((query) => unified(simulator, query)))).flatMap(
      (page) => page.messages,
    );
    expect(new Set(rows.map(({ id }) => id)).size).toBe(1_200);
    expect(new Set(rows.map(({ source }) => source))).toEqual(new Set(['api', 'campaign']));
    expect(rows.every(({ id }) => typeof id === 'string')).toBe(true);
    const instants = rows.map(({ sent_at }) => sent_at);
    expect(instants).toEqual(instants.toSorted().toReversed());
  });

  it('keeps to one source when told', async () => {
    const { simulator } = await startWithPast();
    const api = await unified(simulator, 'period=30d&source=api');
    const broadcasts = await unified(simulator, 'period=30d&source=broadcasts&limit=100');
    expect([api.total, broadcasts.total]).toEqual([1_000, 200]);
    expect(api.messages.every(({ source }) => source === 'api')).toBe(true);
    expect(broadcasts.messages.every(({ source }) => source === 'campaign')).toBe(true);
    expect(broadcasts.messages.some(({ clicked }) => clicked === true)).toBe(true);
    expect(broadcasts.messages.some(({ action_type }) => action_type !== undefined)).toBe(true);
    expect((await callApi(simulator, '/sms/messages/unified?source=sms')).status).toBe(400);
  });

  it('takes the same filters', async () => {
    const { simulator } = await startWithPast();
    const body = await unified(simulator, 'period=30d&source=all&country=GB&status=delivered&limit=100');
    expect(body.total).toBeGreaterThan(50);
    expect(
      body.messages.every(({ recipient, status }) => recipient.startsWith('+44') && status === 'DELIVRD'),
    ).toBe(true);
  });
});
