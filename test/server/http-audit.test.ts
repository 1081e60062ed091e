import { auditServer } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';
import { createTestSchema } from '../support/test-schema.ts';
import { SECRET, tokenFor } from '../support/tokens.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({
    schema: createTestSchema(),
    env: { AUTH_JWT_SECRET: SECRET, NODE_ENV: 'development' },
  });
});
afterAll(() => gateway.close());

describe('GraphQL over HTTP', () => {
  it('passes every audit of graphql-http, for a caller with a token', async () => {
    const authorization = `Bearer ${await tokenFor({ sub: 'auditor', scope: '*' })}`;
    const results = await auditServer({
      url: gateway.graphqlUrl,
      fetchFn: (url: string, init: RequestInit = {}) =>
        fetch(url, { ...init, headers: { ...init.headers, authorization } }),
    });
    const failed = results.filter(({ status }) => status !== 'ok').map(({ id, name }) => `${id} ${name}`);
    expect(failed).toEqual([]);
    expect(results).toHaveLength(61);
  });
});
