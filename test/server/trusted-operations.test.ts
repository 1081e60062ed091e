import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTrustedDocuments } from '../../src/server/limits/trusted-documents.ts';
import { ask, TRANSPORTS } from '../support/ask-everywhere.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';
import { createTestSchema } from '../support/test-schema.ts';

let gateway: TestGateway;
beforeAll(async () => {
  const manifest = new Map([['echo', 'query($t: String!) { echo(text: $t) }']]);
  gateway = await startTestGateway({
    schema: createTestSchema(),
    parts: { trustedDocuments: createTrustedDocuments(manifest) },
  });
});
afterAll(() => gateway.close());

describe.each(TRANSPORTS)('trusted documents over %s', (transport) => {
  it('run by their id, with the variables of the caller', async () => {
    const answer = await ask(transport, gateway, { documentId: 'echo', variables: { t: 'hi' } });
    expect(answer).toMatchObject({ data: { echo: 'hi' } });
  });

  it('are all that runs', async () => {
    const refused = { errors: [{ message: expect.stringContaining('Only trusted documents run here') }] };
    expect(await ask(transport, gateway, { query: '{ hello }' })).toMatchObject(refused);
    expect(await ask(transport, gateway, { documentId: 'other' })).toMatchObject(refused);
    expect(await ask(transport, gateway, { documentId: 'other', query: '{ hello }' })).toMatchObject(refused);
  });
});

it('without trusted documents an id alone is refused', async () => {
  const open = await startTestGateway({ schema: createTestSchema() });
  const answer = await ask('HTTP', open, { documentId: 'echo' });
  expect(answer).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
  await open.close();
});
