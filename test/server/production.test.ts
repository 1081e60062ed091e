import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schema } from '../../src/schema/index.ts';
import { ask, TRANSPORTS } from '../support/ask-everywhere.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';
import { SECRET, tokenFor } from '../support/tokens.ts';

/** The real schema with the settings of production: a token is needed, GraphiQL and introspection are off. */
let gateway: TestGateway;
let token: string;
let headers: Record<string, string>;
beforeAll(async () => {
  gateway = await startTestGateway({
    schema,
    env: {
      AUTH_JWT_SECRET: SECRET,
      SMS_API_KEY: 'sk_prod_of_the_test',
      WEBHOOK_SECRETS: 'a-secret-of-the-provider',
      NODE_ENV: 'production',
    },
  });
  token = await tokenFor({ sub: 'prober', scope: '*' });
  headers = { authorization: `Bearer ${token}` };
});
afterAll(() => gateway.close());

const repeat = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => text(index)).join(' ');

/** Each of the checks of graphql-cop as the request it makes; a finding is data where there should be none. */
describe.each(TRANSPORTS)('what a prober finds over %s', (transport) => {
  const send = (query: string, variables: Record<string, unknown> = {}) =>
    ask(transport, gateway, { query, variables }, token);
  const expectRefused = async (query: string, code: string) => {
    const answer = await send(query);
    expect(answer.data ?? null).toBeNull();
    expect(answer.errors?.[0]?.extensions?.code).toBe(code);
  };

  it('no introspection', async () => {
    await expectRefused(getIntrospectionQuery(), 'GRAPHQL_VALIDATION_FAILED');
    await expectRefused('{ __schema { types { name } } }', 'GRAPHQL_VALIDATION_FAILED');
    await expectRefused('{ __type(name: "Message") { fields { name } } }', 'GRAPHQL_VALIDATION_FAILED');
  });

  it('no circular introspection', () =>
    expectRefused(
      `{ __schema { types ${'{ fields { type '.repeat(4)} { name } ${'} } '.repeat(4)} } }`,
      'GRAPHQL_VALIDATION_FAILED',
    ));

  it('no overload by aliases, of fields or of __typename', async () => {
    await expectRefused(`{ ${repeat(101, (index) => `alias${index}: __typename`)} }`, 'LIMIT_EXCEEDED');
    await expectRefused(
      `{ ${repeat(16, (index) => `alias${index}: viewer { workspace }`)} }`,
      'LIMIT_EXCEEDED',
    );
  });

  it('no overload by directives', () =>
    expectRefused(`{ __typename ${'@aa'.repeat(50)} }`, 'LIMIT_EXCEEDED'));

  it('no overload by the same field again and again', () =>
    expectRefused(`{ ${repeat(1100, () => '__typename')} }`, 'LIMIT_EXCEEDED'));

  it('no two sends in one document', () =>
    expectRefused(
      `mutation { ${repeat(2, (index) => `a${index}: exportMessages { __typename }`)} }`,
      'LIMIT_EXCEEDED',
    ));

  it('no name of the schema that it did not know', async () => {
    const guesses = [
      '{ viewr { workspace } }',
      '{ viewer { scope } }',
      '{ viewer }',
      '{ a b c d e f g viewer { workspace } }',
      '{ message(mesageId: "x") { id } }',
      '{ message { id } }',
      '{ message(messageId: 1) { id } }',
      '{ messages(filter: { senders: "x" }) { totalCount } }',
      '{ stats(filter: { period: TODAYS }) { sent } }',
      '{ node(id: "x") { ... on Mesage { id } } }',
      'query($f: MesageFilter) { messages(filter: $f) { totalCount } }',
      'fragment F on Viewr { id } { viewer { ...F } }',
      'mutation { sendSms(input: {}) { __typename } }',
      'subscription { messageStatusChange(messageIds: []) { cursor } }',
    ];
    for (const guess of guesses) {
      const { errors = [] } = await send(guess);
      expect(errors.map(({ message }) => message)).toEqual([
        'The document does not fit the schema of this gateway.',
      ]);
    }
    const { errors = [] } = await send('query($p: Period!) { stats(filter: { period: $p }) { sent } }', {
      p: 'TODAYS',
    });
    expect(errors[0]?.message).toContain('"TODAYS"');
    expect(errors[0]?.message).not.toMatch(/did you mean|TODAY"/i);
  });

  it('an answer when it asks as it should', async () => {
    const answer = await send('{ viewer { workspace } }');
    expect(answer).toMatchObject({ data: { viewer: { workspace: 'default' } } });
  });
});

describe('what a prober finds over HTTP alone', () => {
  it('no GraphiQL', async () => {
    const response = await fetch(gateway.graphqlUrl, { headers: { accept: 'text/html' } });
    expect(response.headers.get('content-type')).not.toContain('html');
    expect(response.status).toBe(404);
  });

  it('no answer by GET without a header that a page cannot send, and no mutation by GET at all', async () => {
    const get = (query: string, more = {}) =>
      fetch(`${gateway.graphqlUrl}?query=${encodeURIComponent(query)}`, { headers: more });
    expect((await get('{ __typename }')).status).toBe(403);
    expect((await get('mutation { __typename }')).status).toBe(403);
    expect((await get('mutation { __typename }', headers)).status).toBe(405);
  });

  it('no answer to a form', async () => {
    const response = await fetch(gateway.graphqlUrl, {
      method: 'POST',
      headers,
      body: new URLSearchParams({ query: '{ __typename }' }),
    });
    expect(response.status).toBe(415);
  });

  it('no batches', async () => {
    expect(
      (
        await gateway.post(
          Array.from({ length: 10 }, () => ({ query: '{ __typename }' })),
          headers,
        )
      ).status,
    ).toBe(400);
  });

  it('no traces of how an answer was made, and no stack of an error', async () => {
    const answers = await Promise.all(
      [{ query: '{ __typename }' }, { query: 'queryy { __typename }' }, { query: {} }, '{"query":'].map(
        async (body) => (await gateway.post(body, headers)).text(),
      ),
    );
    for (const text of answers) expect(text).not.toMatch(/tracing|stack|\.ts|\.js|node_modules/);
  });

  it('nothing at all without a token', async () => {
    const answer = await gateway.post({ query: '{ __typename }' });
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  });
});
