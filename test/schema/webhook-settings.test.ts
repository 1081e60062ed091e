import { describe, expect, it } from 'vitest';
import { openTestGateway } from '../support/open-test-gateway.ts';

const UPDATE = /* GraphQL */ `
  mutation ($input: UpdateWebhookSettingsInput!) {
    updateWebhookSettings(input: $input) {
      __typename
      ... on WebhookSettings {
        deliveryUrl clickUrl conversionUrl deliveryFields conversionFields uniqueClicksOnly isSigningSecretSet
      }
      ... on UserError { message code }
      ... on InvalidInputError { problems { path message } }
      ... on RateLimitedError { retryAfterSeconds }
      ... on UpstreamUnavailableError { isSafeToRetry }
    }
  }
`;

describe('Mutation.updateWebhookSettings', () => {
  it('changes what is given, keeps the rest, and never shows the secret', async () => {
    const gateway = await openTestGateway();
    const set = {
      deliveryUrl: 'https://gateway.test/webhooks/delivery',
      signingSecret: 'whsec',
      uniqueClicksOnly: true,
    };
    const first = await gateway.run(UPDATE, { input: set });
    expect(first.errors).toEqual([]);
    expect(first.data).toMatchObject({
      updateWebhookSettings: {
        __typename: 'WebhookSettings',
        deliveryUrl: set.deliveryUrl,
        isSigningSecretSet: true,
      },
    });
    await gateway.run(UPDATE, { input: { clickUrl: 'https://gateway.test/clicks', deliveryUrl: null } });
    const { data } = await gateway.run(
      '{ webhookSettings { deliveryUrl clickUrl uniqueClicksOnly isSigningSecretSet } }',
    );
    expect(data).toEqual({
      webhookSettings: {
        deliveryUrl: null,
        clickUrl: 'https://gateway.test/clicks',
        uniqueClicksOnly: true,
        isSigningSecretSet: true,
      },
    });
  });

  it('reports all problems of the input at once, and calls nobody', async () => {
    const gateway = await openTestGateway();
    const { data, calls } = await gateway.run(UPDATE, {
      input: {
        deliveryUrl: 'gateway.test/webhooks',
        clickUrl: 'ftp://gateway.test',
        signingSecret: 'x'.repeat(65),
        clearSigningSecret: true,
      },
    });
    expect(data).toMatchObject({
      updateWebhookSettings: {
        __typename: 'InvalidInputError',
        code: 'INVALID_INPUT',
        problems: [
          { path: ['input', 'deliveryUrl'] },
          { path: ['input', 'clickUrl'] },
          { path: ['input', 'signingSecret'], message: 'A signing secret has at most 64 characters.' },
          { path: ['input', 'signingSecret'], message: expect.stringContaining('not both') },
        ],
      },
    });
    expect(calls).toBe(0);
  });

  it('refuses a change of nothing', async () => {
    const gateway = await openTestGateway();
    const { data } = await gateway.run(UPDATE, { input: {} });
    expect(data).toMatchObject({ updateWebhookSettings: { problems: [{ path: ['input'] }] } });
  });

  it('returns a setting that the provider does not accept as a problem of the input', async () => {
    const gateway = await openTestGateway();
    gateway.simulator.faults.next({ kind: 'error', errorCode: 'INVALID_SECRET', path: '/user/webhooks' });
    const { data, errors } = await gateway.run(UPDATE, { input: { signingSecret: 'short' } });
    expect(errors).toEqual([]);
    expect(data).toMatchObject({
      updateWebhookSettings: {
        __typename: 'InvalidInputError',
        problems: [{ path: ['input', 'signingSecret'], message: expect.stringContaining('INVALID_SECRET') }],
      },
    });
  });

  it('returns a refusal of the provider as data, under its own code', async () => {
    const gateway = await openTestGateway();
    gateway.simulator.faults.next({ kind: 'error', errorCode: 'FORBIDDEN', path: '/user/webhooks' });
    const { data, errors } = await gateway.run(UPDATE, { input: { deliveryUrl: null } });
    expect(errors).toEqual([]);
    expect(data).toMatchObject({
      updateWebhookSettings: { __typename: 'WebhookRefusedError', code: 'FORBIDDEN' },
    });
  });

  it('says when the rate limit is hit, and when the provider answers with a fault', async () => {
    const gateway = await openTestGateway();
    const input = { deliveryUrl: null };
    gateway.simulator.faults.next({ kind: 'rate_limit_json', path: '/user/webhooks', times: 9 });
    const limited = await gateway.run(UPDATE, { input });
    expect(limited.data).toMatchObject({
      updateWebhookSettings: { __typename: 'RateLimitedError', code: 'RATE_LIMITED' },
    });
    gateway.simulator.faults.clear();
    gateway.simulator.faults.next({ kind: 'internal_error', path: '/user/webhooks', times: 9 });
    const faulty = await gateway.run(UPDATE, { input });
    expect(faulty.data).toMatchObject({
      updateWebhookSettings: {
        __typename: 'UpstreamUnavailableError',
        code: 'UPSTREAM_UNAVAILABLE',
        isSafeToRetry: false,
      },
    });
  });

  it('needs the scope to write', async () => {
    const gateway = await openTestGateway();
    const { data, errors, calls } = await gateway.run(
      UPDATE,
      { input: { deliveryUrl: null } },
      { scopes: ['webhooks.read'] },
    );
    expect(data).toEqual({ updateWebhookSettings: null });
    expect(errors).toMatchObject([{ code: 'FORBIDDEN', message: 'This needs the scope webhooks.write.' }]);
    expect(calls).toBe(0);
  });
});

describe('Mutation.testWebhook', () => {
  it('says as data that there is nowhere to post to', async () => {
    const gateway = await openTestGateway();
    const { data, errors } = await gateway.run(
      'mutation { testWebhook { ... on InvalidInputError { code problems { message } } } }',
    );
    expect(errors).toEqual([]);
    expect(data).toMatchObject({
      testWebhook: {
        code: 'INVALID_INPUT',
        problems: [{ message: expect.stringContaining('INVALID_URL') }],
      },
    });
  });

  it('has the provider post a test, which its log then shows', async () => {
    const gateway = await openTestGateway();
    const url = 'http://127.0.0.1:9/webhooks/delivery'; // the discard port: nobody listens, the attempt is logged all the same
    await gateway.run(UPDATE, { input: { deliveryUrl: url } });
    const { data, errors } = await gateway.run(
      'mutation { testWebhook { __typename ... on WebhookTest { requestedAt } ... on UserError { code } } }',
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({
      testWebhook: { __typename: 'WebhookTest', requestedAt: '2026-02-13T10:30:00.000Z' },
    });
    await gateway.time.advance(1000);
    const { data: log } = await gateway.run(
      '{ webhookAttempts { attemptId event url httpStatus isSuccessful attemptedAt } }',
    );
    expect(log).toMatchObject({ webhookAttempts: [{ url, isSuccessful: false, httpStatus: null }] });
  });
});
