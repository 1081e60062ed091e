import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildClientSchema, getIntrospectionQuery, lexicographicSortSchema, printSchema } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { createLogger } from '../../src/logger.ts';
import { schema } from '../../src/schema/index.ts';
import { GRAPHIQL_TABS } from '../../src/server/graphiql/graphiql-tabs.ts';
import { type Gateway, startGateway } from '../../src/start-gateway.ts';

/** More often than the engine runs an operation before it compiles it. */
const ROUNDS = 5;

let folder: string;
let gateway: Gateway;
let messageId: string;
let id: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'documents-'));
  const env = { PORT: '0', STORE_URL: `file:${folder}`, LIMIT_ROWS: '5000', LIMIT_TOKENS: '3000' };
  gateway = await startGateway(loadConfig(env), { logger: createLogger('silent') });
  const { data } = await ask('{ messages(first: 1) { nodes { id messageId } } }');
  ({ id, messageId } = data.messages.nodes[0]);
});
afterAll(async () => {
  await gateway.drain();
  await rm(folder, { recursive: true });
});

async function ask(query: string, variables: Record<string, unknown> = {}) {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-request-id': 'same' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  return { data, errors };
}

const MESSAGE = `fragment M on Message { __typename id messageId recipient country sender text encoding segments status
  rawStatus isFinal statusCode cost createdAt deliveredAt deliveryReports { messageId status occurredAt isRecovered } }`;
const COUNTERS = `fragment C on TrafficCounters { totalSent sent delivered undelivered pending expired notBilled clickCount
  uniqueClickCount actionCount sentRate deliveryRate totalCost averageCost }`;

const DOCUMENTS: [name: string, query: string, variables?: () => Record<string, unknown>][] = [
  [
    'a page of messages',
    `query($f: MessageFilter) { messages(first: 40, filter: $f) { totalCount nodes { ...M } edges { cursor node { id } } pageInfo { hasNextPage endCursor } } } ${MESSAGE}`,
    () => ({ f: { period: 'LAST_30_DAYS' } }),
  ],
  [
    'a filter that is wrong',
    'query($f: MessageFilter) { messages(filter: $f) { totalCount } viewer { workspace } }',
    () => ({ f: { period: 'TODAY', from: '2026-01-01' } }),
  ],
  ['a page that is too long', '{ messages(first: 1000) { totalCount } viewer { workspace } }'],
  ['a cursor that was edited', '{ messages(after: "abc.def") { totalCount } }'],
  [
    'traffic',
    '{ traffic(first: 30) { totalCount nodes { __typename id source recipient sender text status sentAt isClicked actionType ... on Node { again: id } } } }',
  ],
  [
    'one message',
    `query($m: String!) { message(messageId: $m) { ...M } missing: message(messageId: "api_1_1_0000000000000000") { id } } ${MESSAGE}`,
    () => ({ m: messageId }),
  ],
  [
    'messages by id',
    `query($m: [String!]!) { messagesById(messageIds: $m) { ...M } } ${MESSAGE}`,
    () => ({ m: [messageId, 'api_1_1_0000000000000000', messageId] }),
  ],
  [
    'nodes',
    `query($id: ID!, $ids: [ID!]!) { node(id: $id) { id ... on Message { ...M } } nodes(ids: $ids) { __typename id } } ${MESSAGE}`,
    () => ({ id, ids: [id, 'bm90aGluZzox', 'x'] }),
  ],
  [
    'statistics',
    `{ stats(filter: { period: LAST_7_DAYS }) { ...C currency period { from to } daily { date ...C } byCountry { country ...C } } } ${COUNTERS}`,
  ],
  [
    'the account',
    '{ balance { amount currency isCreditBlocked isUnavailable unavailableReason } prices { mcc mnc dialCode country network rate previousRate startsAt endsAt change } payments { id amount currency date type description source } webhookSettings { deliveryUrl isSigningSecretSet deliveryFields conversionFields } viewer { subject workspace scopes isSandbox } }',
  ],
  [
    'an estimate',
    'query($t: String!, $to: [String!]) { estimate(text: $t, to: $to) { encoding segments units unitsLeft cost currency nonGsmCharacters { character codePoint offsets replacement } } free: estimate(text: "plain") { segments } }',
    () => ({ t: 'It’s – “ready” 🎉', to: ['+447911123456', '+4915112345678'] }),
  ],
  [
    'a send that is refused',
    'mutation($i: SendSmsInput!) { sendSms(input: $i) { __typename ... on UserError { code message } ... on InvalidInputError { problems { path message } } ... on SendResult { isSandbox } } }',
    () => ({ i: { to: ['nobody', '+447911123456', '+447911123456'], text: '', sender: '1x' } }),
  ],
  [
    'settings that are refused',
    'mutation($i: UpdateWebhookSettingsInput!) { updateWebhookSettings(input: $i) { __typename ... on UserError { code message } } }',
    () => ({ i: { deliveryUrl: 'not a url' } }),
  ],
];

const INTROSPECTION = getIntrospectionQuery({
  inputValueDeprecation: true,
  specifiedByUrl: true,
  directiveIsRepeatable: true,
});

describe('the answers to the documents of a frontend', () => {
  it.each(DOCUMENTS)('are the same, interpreted and compiled: %s', async (_name, query, variables) => {
    const first = await ask(query, variables?.());
    for (let round = 1; round < ROUNDS; round++) expect(await ask(query, variables?.())).toEqual(first);
    expect(first.data ?? first.errors).toBeTruthy();
  });

  it.each(GRAPHIQL_TABS.filter(({ query }) => !/mutation|subscription/.test(query)))(
    'are the same for a tab of GraphiQL: $query',
    async ({ query }) => {
      const first = await ask(query);
      expect(first.errors).toBeUndefined();
      for (let round = 1; round < ROUNDS; round++) expect(await ask(query)).toEqual(first);
    },
  );

  it('tell the whole schema to a tool that asks for it, again and again', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { data } = await ask(INTROSPECTION);
      const told = printSchema(lexicographicSortSchema(buildClientSchema(data)));
      expect(told).toBe(printSchema(lexicographicSortSchema(schema)));
    }
  });
});
