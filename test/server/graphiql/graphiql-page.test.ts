import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { Kind, parse, validate } from 'graphql';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { schema } from '../../../src/schema/index.ts';
import { GRAPHIQL_TABS } from '../../../src/server/graphiql/graphiql-tabs.ts';
import { startTestGateway, type TestGateway } from '../../support/test-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ schema });
});
afterAll(() => gateway.close());

const BROWSER = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
const open = (headers: Record<string, string> = {}) =>
  fetch(gateway.graphqlUrl, { headers: { ...BROWSER, ...headers } });

describe('the page for a browser at /graphql', () => {
  it('holds everything it needs, and its policy lets it load nothing else', async () => {
    const page = await open();
    const html = await page.text();
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const markup = html.replaceAll(/<(script|style)>[\s\S]*?<\/\1>/g, '');
    expect(markup.match(/(src|href)="(?!data:)[^"]*"/g)).toBeNull();
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).not.toContain('http');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("connect-src 'self'");
    const scripts = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, source = '']) => source);
    expect(scripts).toHaveLength(1);
    for (const script of scripts)
      expect(policy).toContain(`'sha256-${createHash('sha256').update(script).digest('base64')}'`);
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
  });

  it('travels compressed, also to who does not say so, and not again while it is the same', async () => {
    const sizes = await Promise.all(['gzip', 'identity'].map((encoding) => bytesOnTheWire(encoding)));
    expect(sizes[0]).toBeLessThan((sizes[1] ?? 0) / 3);
    const etag = (await open()).headers.get('etag') ?? '';
    const again = await open({ 'if-none-match': etag });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  it('is only for browsers: who accepts JSON gets JSON', async () => {
    const answer = await fetch(`${gateway.graphqlUrl}?query={__typename}`, {
      headers: { 'x-requested-with': 'script' },
    });
    expect(await answer.json()).toMatchObject({ data: { __typename: 'Query' } });
  });
});

function bytesOnTheWire(encoding: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { ...BROWSER, 'accept-encoding': encoding };
    request(gateway.graphqlUrl, { headers }, (response) => {
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
      });
      response.on('end', () => resolve(size));
    })
      .on('error', reject)
      .end();
  });
}

/** What the editor shows of a line in a window 1280 wide, less its line numbers. */
const EDITOR_COLUMNS = 47;

describe('the tabs of the page', () => {
  it('are five: send, follow, search, estimate, chart', () => {
    const names = GRAPHIQL_TABS.map(({ query }) => {
      const operation = parse(query).definitions[0];
      return operation?.kind === Kind.OPERATION_DEFINITION ? operation.name?.value : null;
    });
    expect(names).toEqual(['Send', 'Follow', 'Search', 'Estimate', 'Chart']);
  });

  it.each(GRAPHIQL_TABS)('fit the width of the editor: $query', ({ query }) => {
    expect(query.split('\n').filter((line) => line.length > EDITOR_COLUMNS)).toEqual([]);
  });

  it.each(GRAPHIQL_TABS)('fit the schema as they stand, without variables: $query', ({ query }) => {
    const document = parse(query);
    expect(validate(schema, document)).toEqual([]);
    const operation = document.definitions[0];
    expect(operation).toMatchObject({ kind: Kind.OPERATION_DEFINITION, variableDefinitions: [] });
  });
});

it('a browser where GraphiQL is off reads that it is, and where it is switched on; a script asks as ever', async () => {
  const closed = await startTestGateway({ schema, env: { GRAPHIQL: 'off' } });
  onTestFinished(() => closed.close());
  const page = await fetch(closed.graphqlUrl, { headers: BROWSER });
  expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/plain; charset=utf-8']);
  expect(await page.text()).toMatch(/^GraphQL is served here.*The page for a browser is off.*\.env\.example/);
  const typed = await fetch(`${closed.graphqlUrl}?query={__typename}`, {
    headers: { ...BROWSER, 'sec-fetch-site': 'none' },
  });
  expect(await typed.json()).toEqual({ data: { __typename: 'Query' }, extensions: expect.anything() });
});
