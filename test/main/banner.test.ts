import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { type BannerFacts, writeBanner } from '../../src/main/banner.ts';
import { listSecrets } from '../../src/main/list-secrets.ts';

const LIVE = {
  SMS_API_KEY: 'sk_prod_0123456789abcdef',
  SMS_API_SECRET: 'the-secret-of-the-key',
  WEBHOOK_SECRETS: 'newest-webhook-secret,older-webhook-secret',
  AUTH_JWT_SECRET: 'a-secret-of-at-least-thirty-two-bytes',
  STORE_URL: 'redis://user:pass%40word@127.0.0.1:6379',
};

const bannerOf = (
  env: Readonly<Record<string, string>>,
  { simulatorUrl = null, adminUrl = null }: Partial<Pick<BannerFacts, 'simulatorUrl' | 'adminUrl'>> = {},
) =>
  writeBanner({
    config: loadConfig(env),
    version: '1.2.3',
    url: 'http://127.0.0.1:4000',
    adminUrl,
    simulatorUrl,
  });

describe('the banner', () => {
  it('names every address of a sandbox', () => {
    const banner = bannerOf({}, { simulatorUrl: 'http://127.0.0.1:4100/api/v1' });
    for (const address of [
      'http://127.0.0.1:4000/graphql\n',
      'ws://127.0.0.1:4000/graphql',
      'text/event-stream',
      '/webhooks/delivery',
      '/exports/messages.csv',
      '/healthz',
      '/readyz',
      '/metrics',
      'http://127.0.0.1:4100/api/v1',
    ])
      expect(banner).toContain(address);
    expect(banner).toContain('1.2.3');
  });

  it('names no simulator and no GraphiQL where there is none, and asks for a token', () => {
    const banner = bannerOf(LIVE);
    expect(banner).not.toMatch(/Simulator|GraphiQL/);
    expect(banner).toContain('authorization: Bearer <token>');
  });

  it('names the metrics where they are served', () => {
    expect(bannerOf(LIVE)).not.toContain('/metrics');
    expect(bannerOf({ ...LIVE, METRICS: 'public' })).toContain('http://127.0.0.1:4000/metrics');
    const withToken = bannerOf({ ...LIVE, METRICS_TOKEN: 'a-token-of-the-metrics' });
    expect(withToken).toContain('http://127.0.0.1:4000/metrics (by METRICS_TOKEN)');
    expect(withToken).not.toContain('a-token-of-the-metrics');
    const adminUrl = 'http://127.0.0.1:9400';
    expect(bannerOf({ ...LIVE, ADMIN_PORT: '9400' }, { adminUrl })).toContain(`${adminUrl}/metrics`);
  });

  it('tells no secret', () => {
    for (const secret of listSecrets(loadConfig(LIVE))) expect(bannerOf(LIVE)).not.toContain(secret);
  });
});

describe('the secrets that no log may show', () => {
  it('are all of the settings, the password of the store as written and as meant', () => {
    expect([...listSecrets(loadConfig(LIVE))].sort()).toEqual(
      [
        LIVE.SMS_API_KEY,
        LIVE.SMS_API_SECRET,
        LIVE.AUTH_JWT_SECRET,
        'newest-webhook-secret',
        'older-webhook-secret',
        'pass%40word',
        'pass@word',
      ].sort(),
    );
  });
});
