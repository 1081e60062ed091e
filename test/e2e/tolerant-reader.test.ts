import { describe, expect, it, onTestFinished } from 'vitest';
import { type OtherProviderOptions, startOtherProvider } from '../support/other-provider.ts';
import { type RunningGateway, runGateway } from '../support/run-gateway.ts';

async function runBefore(options: Partial<OtherProviderOptions>): Promise<RunningGateway> {
  const provider = await startOtherProvider({ rows: [], ...options });
  onTestFinished(() => provider.close());
  return runGateway(provider.baseUrl, { env: { READ_CACHE_TTL_MS: '0' } });
}

const idOf = (index: number) =>
  `api_7_${1_770_978_600_000 - index * 1000}000000_${String(index).padStart(16, '0')}`;
const row = (index: number, more: object = {}) => ({
  client_message_id: idOf(index),
  recipient: '+447700900123',
  status: 'DELIVRD',
  created_at: new Date(1_770_978_600_000 - index * 1000).toISOString(),
  ...more,
});
const rowsOf = (count: number) => Array.from({ length: count }, (_, index) => row(index));

const PAGE = `query ($first: Int!, $after: String) {
  messages(first: $first, after: $after) { nodes { messageId } totalCount pageInfo { hasNextPage endCursor } } }`;

async function walk({ ask }: RunningGateway, first: number): Promise<string[]> {
  const ids: string[] = [];
  for (let after: string | null = null; ; ) {
    const { data, errors } = await ask(PAGE, { first, after });
    expect(errors).toEqual([]);
    ids.push(...data.messages.nodes.map(({ messageId }: { messageId: string }) => messageId));
    if (!data.messages.pageInfo.hasNextPage) return ids;
    after = data.messages.pageInfo.endCursor;
  }
}

const ids = (count: number) => Array.from({ length: count }, (_, index) => idOf(index));

describe('a provider that says it otherwise', () => {
  it('loses no message to rows that are bare, odd, or of tomorrow', async () => {
    const { ask } = await runBefore({
      rows: [
        row(0, { delivered_at: null, cost: '0.0085', segments: '2', message: 'Hi', sender_id: 'MyApp' }),
        row(1, { status: 'TELEPORTED', status_code: 17, tomorrow: { deep: [1] }, created_at: undefined }),
        { nonsense: true },
        ['nonsense'],
        row(2, { delivered_at: '2026.02.13 10:30:04', segments: {}, cost: 'free' }),
      ],
    });
    const { data, errors } = await ask(`{ messages { totalCount nodes {
      messageId sender text status rawStatus statusCode segments cost createdAt deliveredAt } } }`);
    expect(errors).toEqual([]);
    const [withStrings, ofTomorrow, bare] = data.messages.nodes;
    expect(data.messages.nodes).toHaveLength(3);
    expect(withStrings).toMatchObject({ cost: '0.0085', segments: 2, deliveredAt: null, text: 'Hi' });
    expect(ofTomorrow).toMatchObject({ status: 'UNRECOGNIZED', rawStatus: 'TELEPORTED', statusCode: '17' });
    expect(ofTomorrow.createdAt).toBe('2026-02-13T10:29:59.000Z'); // by the stamp in its id
    expect(bare).toMatchObject({ sender: '', text: '', segments: null, cost: null });
    expect(bare.deliveredAt).toBe('2026-02-13T10:30:04.000Z');
  });

  it.each([
    ['says only the total', {}],
    ['serves 50 rows a page and says so', { maxRows: 50, envelope: (page: object) => page }],
    ['serves 50 rows a page without a word', { maxRows: 50 }],
    [
      'writes its numbers as strings',
      { envelope: ({ total }: { total: number }) => ({ total: `${total}`, page: '1' }) },
    ],
  ])('gives every row once when it %s', async (_name, how) => {
    const running = await runBefore({ rows: rowsOf(230), ...how });
    expect(await walk(running, 100)).toEqual(ids(230));
    expect(await walk(running, 33)).toEqual(ids(230));
  });

  it('gives unified rows that hold no more than a recipient and a status', async () => {
    const { ask } = await runBefore({
      rows: [
        { id: 7, recipient: '+447700900123', status: 'sent' },
        {
          id: 'x',
          source: 'fax',
          recipient: '+447700900124',
          status: 'DELIVRD',
          sent_at: '2026-02-13T10:30:00Z',
        },
      ],
    });
    const { data, errors } = await ask(
      '{ traffic { nodes { source recipient sender text status sentAt isClicked cost } } }',
    );
    expect(errors).toEqual([]);
    const nothing = { sender: null, text: null, isClicked: null, cost: null };
    expect(data.traffic.nodes).toEqual([
      { source: 'UNRECOGNIZED', recipient: '+447700900123', status: 'SENT', sentAt: null, ...nothing },
      {
        source: 'UNRECOGNIZED',
        recipient: '+447700900124',
        status: 'DELIVERED',
        sentAt: '2026-02-13T10:30:00.000Z',
        ...nothing,
      },
    ]);
  });

  it('gives statistics under whatever name the rows stand', async () => {
    const { ask } = await runBefore({
      bodies: {
        '/sms/stats': { stats: { sent: '12', delivered: 11, total_cost: '1.50' } },
        '/sms/stats/daily': {
          status: true,
          data: [{ day: '2026-02-12', sent: 5 }, { date: '2026-02-13T00:00:00Z' }, 'x'],
        },
        '/sms/stats/by-country': [
          { country_code: 'gb', sent: 3 },
          { iso: 'DE' },
          { country: 'Unknown', sent: 1 },
        ],
      },
    });
    const { data, errors } = await ask(
      '{ stats { sent delivered undelivered totalCost currency daily { date sent } byCountry { country sent } } }',
    );
    expect(errors).toEqual([]);
    expect(data.stats).toEqual({
      sent: 12,
      delivered: 11,
      undelivered: null,
      totalCost: '1.50',
      currency: null,
      daily: [
        { date: '2026-02-12', sent: 5 },
        { date: '2026-02-13', sent: null },
      ],
      byCountry: [
        { country: 'GB', sent: 3 },
        { country: 'DE', sent: null },
        { country: null, sent: 1 },
      ],
    });
  });

  it.each([
    ['bare', { delivery_url: 'https://example.com/d', signing_secret_set: true }],
    [
      'wrapped',
      { status: true, webhooks: { delivery_url: 'https://example.com/d', signing_secret_set: true } },
    ],
  ])('gives the account, its webhook settings %s', async (_name, settings) => {
    const { ask } = await runBefore({
      bodies: {
        '/user/webhooks': settings,
        '/user/balance': { balance: -3.5, extra: 1 },
        '/user/pricing': { prices: [{ dialcode: 44, rate: 0.03 }, { dialcode: '1' }] },
        '/user/payments': [{ id: 9, amount: 5, type: 'gift' }],
      },
    });
    const { data, errors } = await ask(`{
      webhookSettings { deliveryUrl isSigningSecretSet deliveryFields }
      balance { amount currency updatedAt isUnavailable }
      prices { dialCode rate change } payments { amount type source } }`);
    expect(errors).toEqual([]);
    expect(data).toEqual({
      webhookSettings: { deliveryUrl: 'https://example.com/d', isSigningSecretSet: true, deliveryFields: [] },
      balance: { amount: '-3.5', currency: null, updatedAt: null, isUnavailable: false },
      prices: [{ dialCode: '44', rate: '0.03', change: 'UNRECOGNIZED' }],
      payments: [{ amount: '5', type: 'UNRECOGNIZED', source: 'UNRECOGNIZED' }],
    });
  });

  it('gives every recipient of a send, told of in one list or the other, with or without an id', async () => {
    const { ask } = await runBefore({
      bodies: {
        '/sms/send': {
          status: true,
          messages: [{ dnis: '+447700900123', message_id: idOf(1) }],
          results: [
            { dnis: '+447700900124', status: 'queued_for_mars' },
            { dnis: '+447700900125', status: 'blocked_country' },
          ],
        },
      },
    });
    const { data } =
      await ask(`mutation { sendSms(input: { to: ["+447700900123", "+447700900124", "+447700900125"],
      text: "Hi", sender: "MyApp" }) { ... on SendResult {
      recipients { recipient status messageId } summary { acceptedCount blockedCount totalRecipients encoding } } } }`);
    const { recipients, summary } = data.sendSms;
    expect(
      Object.fromEntries(
        recipients.map((each: Record<string, string>) => [
          each['recipient'],
          [each['status'], each['messageId']],
        ]),
      ),
    ).toEqual({
      '+447700900123': ['ACCEPTED', idOf(1)],
      '+447700900124': ['UNRECOGNIZED', null],
      '+447700900125': ['BLOCKED_COUNTRY', null],
    });
    expect(summary).toEqual({ acceptedCount: 1, blockedCount: 1, totalRecipients: 3, encoding: 'GSM_7' });
  });
});
