import { readFileSync } from 'node:fs';
import { buildSchema } from 'graphql';
import { expect, it } from 'vitest';
import { openEventStream } from '../support/event-stream-client.ts';
import { type RunningGateway, runSimulated } from '../support/run-gateway.ts';
import {
  createSeenFields,
  listFields,
  type SeenFields,
  selectEverything,
} from '../support/select-everything.ts';

const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));

const KEYED = 'to: ["+15550100001"], text: "Hi", sender: "MyApp"';
const MONTH = 'filter: { period: LAST_30_DAYS }';

/** Null by nature in everything that the simulator has to say. */
const ALWAYS_NULL = [
  'RateLimitedError.retryAfterSeconds', // the provider's 429 does not tell
  'TrafficItem.segments', // rows of the unified history do not tell
  'Viewer.subject', // callers are nobody here
];

type Running = Awaited<ReturnType<typeof runSimulated>>;

it('answers every field of every type over HTTP and SSE, with a value wherever the provider has one', async () => {
  const running = await runSimulated({
    account: { history: { days: 25, messages: 300, campaignMessages: 100 } },
    provider: { timings: { sentAfterMs: 1, deliveredAfterMs: 20 } },
    env: { LIMIT_TOKENS: '5000', LIMIT_ROWS: '100000', READ_CACHE_TTL_MS: '0' },
  });
  const seen = createSeenFields();
  const messageId = await sendAndFollow(running, seen);
  await askQueries(running, seen, messageId);
  await failSends(running, seen);
  await askMutations(running, seen);

  const fields = listFields(schema);
  expect(fields.filter((field) => !seen.answered.has(field))).toEqual([]);
  expect(fields.filter((field) => !seen.withValue.has(field))).toEqual(ALWAYS_NULL);
});

type RootType = 'Query' | 'Mutation' | 'Subscription';

/** A whole operation on one root field: `balance`, or `messages` with `first: 10`. */
function operationOn(root: RootType, name: string, args = ''): string {
  const field = schema.getType(root)?.toConfig();
  if (field === undefined || !('fields' in field)) throw new Error(`There is no ${root}.`);
  const type = (field.fields as Record<string, { readonly type: never }>)[name]?.type;
  if (type === undefined) throw new Error(`There is no ${root}.${name}.`);
  const selection = selectEverything(schema, type);
  return `${root.toLowerCase()} { ${name}${args && `(${args})`} ${selection} }`;
}

async function ask(running: Running, seen: SeenFields, query: string) {
  const { data, errors } = await running.ask(query);
  expect(errors, query).toEqual([]);
  seen.see({ __typename: query.startsWith('query') ? 'Query' : 'Mutation', ...data });
  return data;
}

/** Over SSE: the events of a subscription up to the one that is wanted. */
async function follow(
  { graphqlUrl }: Pick<RunningGateway, 'graphqlUrl'>,
  seen: SeenFields,
  query: string,
): Promise<{ until(isWanted: (event: string) => boolean): Promise<void> }> {
  const stream = await openEventStream(graphqlUrl, { query });
  return {
    async until(isWanted) {
      for (;;) {
        const { data } = await stream.next();
        seen.see({ __typename: 'Subscription', ...JSON.parse(data).data });
        if (isWanted(data)) return stream.close();
      }
    },
  };
}

async function sendAndFollow(running: Running, seen: SeenFields): Promise<string> {
  const reports = await follow(running, seen, operationOn('Subscription', 'deliveryReportReceived'));
  await expect.poll(() => running.gateway.parts.hub.subscriberCount).toBe(1);
  const to = '["+447700900123", "+15550100006", "+15550100014"]';
  const { sendSms } = await ask(
    running,
    seen,
    operationOn('Mutation', 'sendSms', `input: { to: ${to}, text: "Hi", sender: "MyApp" }`),
  );
  const [{ messageId }] = sendSms.recipients;
  await reports.until((event) => event.includes('"DELIVERED"'));
  const ids = `messageIds: ["${messageId}", "${sendSms.recipients[2].messageId}"]`;
  const changes = await follow(running, seen, operationOn('Subscription', 'messageStatusChanged', ids));
  // The slow one: a change after the opening has a status before it.
  running.simulator.setWebhook('default', `${running.url}/webhooks/delivery`, null);
  await running.gateway.parts.store.log.append('default', lateReport(sendSms.recipients[2].messageId));
  await changes.until((event) => event.includes('"previousStatus":"'));
  return messageId;
}

const lateReport = (messageId: string) => ({
  messageId,
  recipient: '+15550100014',
  sender: 'MyApp',
  status: 'UNDELIVERED' as const,
  rawStatus: 'UNDELIV',
  statusCode: '001',
  segments: 1,
  cost: '0.0085',
  occurredAt: '2026-02-13T10:30:00.000Z',
  receivedAt: '2026-02-13T10:30:01.000Z',
  isRecovered: false,
});

async function askQueries(running: Running, seen: SeenFields, messageId: string): Promise<void> {
  const { message } = await ask(running, seen, operationOn('Query', 'message', `messageId: "${messageId}"`));
  const queries: Readonly<Record<string, string>> = {
    node: `id: "${message.id}"`,
    nodes: `ids: ["${message.id}"]`,
    messagesById: `messageIds: ["${messageId}"]`,
    messages: `first: 50, ${MONTH}`,
    traffic: 'first: 100, filter: { period: LAST_30_DAYS, source: BROADCASTS }',
    stats: MONTH,
    estimate: 'text: "“Hi”", to: ["+447700900123"]',
    balance: '',
    prices: '',
    payments: '',
    viewer: '',
    webhookSettings: '',
  };
  for (const [name, args] of Object.entries(queries))
    await ask(running, seen, operationOn('Query', name, args));
  await ask(running, seen, operationOn('Query', 'traffic', 'first: 10, filter: { source: API }'));
  running.simulator.changeAccount('default', { gatewayState: 'unavailable' });
  await ask(running, seen, operationOn('Query', 'balance'));
  running.simulator.changeAccount('default', { gatewayState: 'ok' });
}

/** Each member of the union that a send can end as. */
async function failSends(running: Running, seen: SeenFields): Promise<void> {
  const { simulator } = running;
  const send = (input: string) =>
    ask(running, seen, operationOn('Mutation', 'sendSms', `input: { ${input} }`));
  await send('to: ["1"], text: "", sender: "1"');
  await send(`${KEYED}, idempotencyKey: "order-1"`);
  await send('to: ["+15550100001"], text: "Other", sender: "MyApp", idempotencyKey: "order-1"');
  simulator.changeAccount('default', { sendRefusal: 'NO_SMS_ACCESS' });
  await send(KEYED);
  simulator.changeAccount('default', { sendRefusal: null, balance: '0.00' });
  await send(KEYED);
  simulator.changeAccount('default', { balance: '100.00' });
  simulator.faults.next({ kind: 'internal_error', path: '/sms/send' });
  await send(KEYED);
  simulator.faults.next({ kind: 'db_error', path: '/sms/send', times: 3 });
  await send(KEYED);
  simulator.faults.next({ kind: 'rate_limit_empty', path: '/sms/send', times: 3 });
  await send(KEYED);
}

async function askMutations(running: Running, seen: SeenFields): Promise<void> {
  const mutate = (name: string, args = '') => ask(running, seen, operationOn('Mutation', name, args));
  await mutate('exportMessages');
  await mutate('exportMessages', 'filter: { from: "2026-02-31" }');
  const urls = 'clickUrl: "https://example.com/c", conversionUrl: "https://example.com/v"';
  await mutate(
    'updateWebhookSettings',
    `input: { ${urls}, uniqueClicksOnly: true, signingSecret: "a-new-secret" }`,
  );
  await mutate('updateWebhookSettings', 'input: { clickUrl: "no url" }');
  await mutate('testWebhook');
  await ask(running, seen, operationOn('Query', 'webhookAttempts'));
  running.simulator.faults.next({ kind: 'error', errorCode: 'FORBIDDEN', path: '/user/webhooks' });
  await mutate('testWebhook');
}
