import { describe, expect, it, onTestFinished } from 'vitest';
import { createDeferred } from '../support/deferred.ts';
import { type LiveGateway, startLiveGateway } from '../support/live-gateway.ts';
import { json, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { startTestGateway } from '../support/test-gateway.ts';
import { createTestSchema } from '../support/test-schema.ts';
import { tokenFor } from '../support/tokens.ts';

const NOBODY = 'http://127.0.0.1:1/api/v1';
const TOKEN = 'a-token-of-the-metrics';
const FIGURES = 'gateway_operations_total';

async function start(
  env: Readonly<Record<string, string>>,
  providerUrl = NOBODY,
): Promise<LiveGateway & { readonly adminUrl: string }> {
  const live = await startLiveGateway({ providerUrl, env: { METRICS: '', ...env } });
  onTestFinished(() => live.close());
  return { ...live, adminUrl: live.gateway.adminUrl ?? 'no admin port' };
}

async function read(url: string, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(url, { headers });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

describe('the metrics of a live gateway', () => {
  it('are not on the public port unless that is said', async () => {
    const { url } = await start({});
    const metrics = await read(`${url}/metrics`);
    expect(metrics.status).toBe(404);
    expect(metrics.text).not.toContain(FIGURES);
    expect((await fetch(`${url}/metrics`, { method: 'POST' })).status).toBe(404);
    expect([(await read(`${url}/healthz`)).status, (await read(`${url}/readyz`)).status]).toEqual([200, 200]);
  });

  it('are on the public port for everybody with METRICS=public', async () => {
    const { url } = await start({ METRICS: 'public' });
    expect(await read(`${url}/metrics`)).toMatchObject({
      status: 200,
      text: expect.stringContaining(FIGURES),
    });
  });

  it('are on the public port for who brings METRICS_TOKEN', async () => {
    const { url, logLines } = await start({ METRICS_TOKEN: TOKEN, LOG_LEVEL: 'trace' });
    const caller = await tokenFor({ sub: 'ann', scope: '*' });
    for (const authorization of [
      '',
      'Bearer',
      `Bearer ${TOKEN}x`,
      `Bearer ${TOKEN.slice(1)}`,
      TOKEN,
      `Bearer ${caller}`,
    ]) {
      const refused = await read(`${url}/metrics`, authorization === '' ? {} : { authorization });
      expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
      expect(refused.text).not.toContain(FIGURES);
    }
    const metrics = await read(`${url}/metrics`, { authorization: `Bearer ${TOKEN}` });
    expect(metrics).toMatchObject({ status: 200, text: expect.stringContaining(FIGURES) });
    expect(logLines.join('')).not.toContain(TOKEN);
  });
});

it('the metrics of a sandbox are on its port', async () => {
  const sandbox = await startTestGateway({ schema: createTestSchema() });
  onTestFinished(() => sandbox.close());
  expect((await read(`${sandbox.url}/metrics`)).status).toBe(200);
});

describe('the admin port', () => {
  it('serves metrics and health, and nothing else', async () => {
    const { adminUrl } = await start({ ADMIN_PORT: '0' });
    expect(new URL(adminUrl).hostname).toBe('127.0.0.1');
    expect(await read(`${adminUrl}/metrics`)).toMatchObject({
      status: 200,
      text: expect.stringContaining(FIGURES),
    });
    expect((await read(`${adminUrl}/healthz`)).text).toBe('ok\n');
    expect(JSON.parse((await read(`${adminUrl}/readyz`)).text)).toMatchObject({ status: 'ready' });
    for (const path of ['/', '/graphql', '/exports/messages.csv?token=x', '/metrics/', '/x/metrics'])
      expect((await read(`${adminUrl}${path}`)).status).toBe(404);
    for (const path of ['/graphql', '/webhooks/delivery'])
      expect((await fetch(`${adminUrl}${path}`, { method: 'POST', body: '{}' })).status).toBe(404);
    expect((await fetch(`${adminUrl}/metrics`, { method: 'POST' })).status).toBe(405);
  });

  it('is not there unless it is set', async () => {
    const { gateway } = await start({});
    expect(gateway.adminUrl).toBeNull();
  });

  it('answers until the end of the drain, and says that there is one', async () => {
    const answered = createDeferred();
    const provider = await startScriptedUpstream(async (request, response, index) => {
      await answered.promise;
      await json({ balance: 12.5, currency: 'EUR', updated: '2026.02.13 10:15:00' })(
        request,
        response,
        index,
      );
    });
    onTestFinished(() => provider.close());
    const live = await start({ ADMIN_PORT: '0', DRAIN_TIMEOUT_MS: '20000' }, provider.baseUrl);
    const asking = fetch(live.graphqlUrl, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await tokenFor({ sub: 'ann', scope: '*' })}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ query: '{ balance { amount } }' }),
    });
    await provider.received(1);
    const drained = live.gateway.drain();
    const readiness = await read(`${live.adminUrl}/readyz`);
    expect([readiness.status, JSON.parse(readiness.text)]).toMatchObject([503, { failing: ['draining'] }]);
    expect((await read(`${live.adminUrl}/healthz`)).status).toBe(200);
    expect((await read(`${live.adminUrl}/metrics`)).status).toBe(200);
    answered.resolve();
    expect((await asking).status).toBe(200);
    await drained;
    await expect(fetch(`${live.adminUrl}/healthz`)).rejects.toThrow();
  });
});
