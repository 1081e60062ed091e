import { describe, expect, it } from 'vitest';
import { cut, json, refusal } from '../../support/scripted-upstream.ts';
import { errorOf, useScriptedProvider } from '../../support/use-scripted-provider.ts';

const provider = useScriptedProvider();

describe('webhook settings', () => {
  const WIRE = {
    delivery_url: 'https://example.com/d',
    click_url: null,
    conversion_url: '',
    delivery_fields: ['workspace_id'],
    conversion_fields: [],
    unique_clicks_only: true,
    signing_secret_set: true,
  };
  const SETTINGS = {
    deliveryUrl: 'https://example.com/d',
    clickUrl: null,
    conversionUrl: null,
    deliveryFields: ['workspace_id'],
    conversionFields: [],
    uniqueClicksOnly: true,
    isSigningSecretSet: true,
  };

  it.each([
    ['bare', { status: true, ...WIRE }],
    ['wrapped', { status: true, webhooks: WIRE }],
  ])('are read %s', async (_name, body) => {
    expect(await provider.ask(json(body), (session) => session.fetchWebhookSettings())).toEqual(SETTINGS);
  });

  it('are changed by what is given alone', async () => {
    const change = { deliveryUrl: null, uniqueClicksOnly: false, signingSecret: 'whsec' };
    const settings = await provider.ask(json({ status: true, ...WIRE }), (session) =>
      session.updateWebhookSettings(change),
    );
    expect(settings).toEqual(SETTINGS);
    expect(provider.upstream.requests).toHaveLength(1);
    expect(provider.upstream.requests[0]?.method).toBe('PUT');
    expect(JSON.parse(provider.upstream.requests[0]?.body ?? '')).toEqual({
      delivery_url: null,
      unique_clicks_only: false,
      signing_secret: 'whsec',
    });
  });

  it('are read again when the answer to a change does not tell them, or was kept from before', async () => {
    const session = provider.test.session();
    provider.upstream.script(json({ status: true, ...WIRE, delivery_url: 'https://example.com/old' }));
    await session.fetchWebhookSettings();
    provider.upstream.script((request, ...rest) =>
      json({ status: true, ...(request.method === 'GET' ? WIRE : {}) })(request, ...rest),
    );
    expect(await session.updateWebhookSettings({ clickUrl: null })).toEqual(SETTINGS);
    expect(await session.fetchWebhookSettings()).toEqual(SETTINGS);
  });

  it.each([
    ['INVALID_URL', ['input']],
    ['INVALID_SECRET', ['input', 'signingSecret']],
    ['INVALID_FIELDS', ['input']],
    ['INVALID_TOGGLE', ['input', 'uniqueClicksOnly']],
    ['CONFLICTING_FIELDS', ['input', 'clearSigningSecret']],
  ])('refused with %s name the input', async (code, path) => {
    const changing = provider.ask(refusal(400, code), (session) =>
      session.updateWebhookSettings({ clickUrl: 'x' }),
    );
    expect(await errorOf(changing)).toMatchObject({
      code: 'INVALID_INPUT',
      problems: [{ path, message: expect.stringContaining(code) }],
    });
  });

  it('may have changed when no answer came', async () => {
    const changing = provider.ask(cut, (session) => session.updateWebhookSettings({ clickUrl: null }));
    expect(await errorOf(changing)).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', isSafeToRetry: false });
  });

  it('are tested by one post, never repeated', async () => {
    await provider.ask(json('', 204), (session) => session.testWebhook());
    expect(provider.asked()).toContain('POST /api/v1/user/webhooks/test');
    await errorOf(provider.ask(cut, (session) => session.testWebhook()));
    expect(provider.upstream.requests).toHaveLength(2);
  });

  it('have a log of attempts', async () => {
    const logs = [
      { id: 5, event: 'delivery', url: 'https://e.x/', http_status: 500, created_at: '2026-02-13 10:15:00' },
      { event: 'delivery', success: true },
    ];
    expect(
      await provider.ask(json({ status: true, logs }), (session) => session.fetchWebhookAttempts()),
    ).toEqual([
      {
        attemptId: '5',
        event: 'delivery',
        url: 'https://e.x/',
        httpStatus: 500,
        isSuccessful: false,
        attemptedAt: '2026-02-13T10:15:00.000Z',
      },
      {
        attemptId: '',
        event: 'delivery',
        url: null,
        httpStatus: null,
        isSuccessful: true,
        attemptedAt: null,
      },
    ]);
  });
});
