import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Config, ConfigError, listSettingNames, loadConfig } from '../src/config.ts';

const LIVE = {
  SMS_API_KEY: 'sk_prod_0123456789abcdef',
  WEBHOOK_SECRETS: 'newest-webhook-secret,older-webhook-secret',
  AUTH_JWT_SECRET: 'a-secret-of-at-least-thirty-two-bytes',
} as const;

type Env = Readonly<Record<string, string | undefined>>;

function problemsOf(env: Env): readonly string[] {
  try {
    loadConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

const live = (more: Env = {}): Config => loadConfig({ ...LIVE, ...more });

function writeTemporary(content: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'config-')), 'file.json');
  writeFileSync(path, content);
  return path;
}

const withWorkspaces = (entries: unknown): Env => ({
  WORKSPACES_FILE: writeTemporary(JSON.stringify(entries)),
  AUTH_JWT_SECRET: LIVE.AUTH_JWT_SECRET,
});

describe('modes', () => {
  it('is a sandbox without a key, open to everybody, with a secret of its own for webhooks', () => {
    const config = loadConfig({});
    expect(config.mode).toBe('sandbox');
    expect(config.auth).toEqual({ kind: 'none' });
    expect(config.guards.mode).toBe('monitor');
    expect(config.server).toMatchObject({
      host: '127.0.0.1',
      port: 4000,
      isGraphiqlOn: true,
      isIntrospectionOn: true,
    });
    const [workspace] = config.provider.workspaces;
    expect(workspace?.id).toBe('default');
    expect(workspace?.webhookSecrets[0]?.length).toBeGreaterThanOrEqual(32);
    expect(loadConfig({}).provider.workspaces[0]?.webhookSecrets).not.toEqual(workspace?.webhookSecrets);
  });

  it('is live with a key: guards enforce, GraphiQL and introspection are off', () => {
    const config = live();
    expect(config.mode).toBe('live');
    expect(config.provider.apiUrl).toBe('https://restlink23telecom.com/api/v1');
    expect(config.provider.workspaces).toEqual([
      {
        id: 'default',
        apiKey: LIVE.SMS_API_KEY,
        apiSecret: null,
        webhookSecrets: ['newest-webhook-secret', 'older-webhook-secret'],
      },
    ]);
    expect(config.guards.mode).toBe('enforce');
    expect(config.server).toMatchObject({ isGraphiqlOn: false, isIntrospectionOn: false });
  });

  it('gives load balancers a tenth of the drain to notice, and a sandbox nobody', () => {
    expect(live({}).server).toMatchObject({ drainTimeoutMs: 20_000, drainNoticeMs: 2000 });
    expect(live({ DRAIN_TIMEOUT_MS: '1000' }).server.drainNoticeMs).toBe(100);
    expect(loadConfig({}).server.drainNoticeMs).toBe(0);
    expect(() => live({ DRAIN_TIMEOUT_MS: '1000', DRAIN_NOTICE_MS: '1000' })).toThrow('DRAIN_NOTICE_MS');
  });

  it('switches GraphiQL and introspection on in development', () => {
    expect(live({ NODE_ENV: 'development' }).server).toMatchObject({
      isGraphiqlOn: true,
      isIntrospectionOn: true,
    });
    expect(live({ GRAPHIQL: 'on' }).server).toMatchObject({ isGraphiqlOn: true, isIntrospectionOn: false });
    expect(loadConfig({ INTROSPECTION: 'off' }).server.isIntrospectionOn).toBe(false);
  });

  it('checks tokens in a sandbox too when told how', () => {
    expect(loadConfig({ AUTH_JWT_SECRET: LIVE.AUTH_JWT_SECRET }).auth.kind).toBe('secret');
  });

  it('takes an empty variable for an absent one', () => {
    expect(loadConfig({ SMS_API_KEY: ' ', PORT: '' }).mode).toBe('sandbox');
  });
});

describe('what is for the inside', () => {
  it('is on no port of a live gateway, and on the one of a sandbox', () => {
    expect(live().server).toMatchObject({ admin: null, metricsAccess: { kind: 'private' } });
    expect(loadConfig({}).server).toMatchObject({ admin: null, metricsAccess: { kind: 'public' } });
    expect(live({ METRICS: 'public' }).server.metricsAccess).toEqual({ kind: 'public' });
  });

  it('is on the loopback address where there is a port for it', () => {
    expect(live({ ADMIN_PORT: '9400' }).server.admin).toEqual({ host: '127.0.0.1', port: 9400 });
    expect(live({ ADMIN_PORT: '4000', ADMIN_HOST: '::1' }).server.admin).toEqual({ host: '::1', port: 4000 });
    expect(live({ ADMIN_HOST: '::1' }).warnings).toContain('ADMIN_HOST has no effect without ADMIN_PORT.');
  });
});

describe('refusing to start', () => {
  it.each<[string, Env, RegExp]>([
    [
      'a real key and no caller authentication',
      { AUTH_JWT_SECRET: undefined },
      /AUTH_JWT_SECRET or AUTH_JWKS_URL, or AUTH=none/,
    ],
    ['a real key and no webhook secret', { WEBHOOK_SECRETS: undefined }, /^WEBHOOK_SECRETS is not set/],
    ['two ways to check tokens', { AUTH_JWKS_URL: 'https://id.example.com/keys' }, /exclude each other/],
    [
      'AUTH=none beside a way to check tokens',
      { AUTH: 'none' },
      /AUTH=none and AUTH_JWT_SECRET exclude each other/,
    ],
    [
      'a short token secret',
      { AUTH_JWT_SECRET: 'too-short' },
      /^AUTH_JWT_SECRET must have at least 32 bytes/,
    ],
    ['a short gateway secret', { GATEWAY_SECRET: 'short' }, /^GATEWAY_SECRET must have at least 32 bytes/],
    [
      'a webhook secret longer than the provider takes',
      { WEBHOOK_SECRETS: 'x'.repeat(65) },
      /at most 64 characters/,
    ],
    ['an address that is no URL', { SMS_API_URL: 'restlink' }, /^SMS_API_URL must be a URL/],
    [
      'an address of another protocol',
      { PUBLIC_URL: 'ftp://example.com' },
      /^PUBLIC_URL must be a URL that begins with/,
    ],
    ['a port out of range', { PORT: '65536' }, /^PORT must be a whole number from 0 to 65535/],
    ['a port that is no number', { PORT: '4000x' }, /^PORT must be a whole number/],
    [
      'an admin port that is the main one',
      { PORT: '4000', ADMIN_PORT: '4000' },
      /^ADMIN_PORT and PORT must not be/,
    ],
    ['a short token of the metrics', { METRICS_TOKEN: 'short' }, /^METRICS_TOKEN must have at least 16/],
    [
      'a token of the metrics with a blank',
      { METRICS_TOKEN: 'a token of the metrics' },
      /^METRICS_TOKEN must/,
    ],
    [
      'two ways to the metrics',
      { METRICS: 'public', METRICS_TOKEN: 'a-token-of-the-metrics' },
      /^METRICS and METRICS_TOKEN exclude each other/,
    ],
    ['an unknown store', { STORE_URL: 'postgres://db' }, /^STORE_URL must be/],
    ['a store without a host', { STORE_URL: 'redis://' }, /^STORE_URL must be/],
    ['every origin', { CORS_ORIGINS: '*' }, /^CORS_ORIGINS must be origins/],
    ['an origin with a path', { CORS_ORIGINS: 'https://a.example/app' }, /^CORS_ORIGINS must be origins/],
    ['an unknown guard mode', { GUARDS: 'maybe' }, /^GUARDS must be one of: off, monitor, enforce/],
    ['a country that is no code', { GUARD_COUNTRIES: 'GB,Germany' }, /^GUARD_COUNTRIES must be/],
    ['an amount that is none', { GUARD_SPEND_PER_DAY: '-5' }, /^GUARD_SPEND_PER_DAY must be an amount/],
    ['a limit of zero', { LIMIT_DEPTH: '0' }, /^LIMIT_DEPTH must be a whole number from 1/],
    ['an unknown log level', { LOG_LEVEL: 'loud' }, /^LOG_LEVEL must be one of/],
    ['a key that cannot be a header', { SMS_API_KEY: 'sk\nprod' }, /^SMS_API_KEY must be printable ASCII/],
    [
      'a manifest that is not there',
      { TRUSTED_DOCUMENTS: '/nowhere/manifest.json' },
      /^TRUSTED_DOCUMENTS must name/,
    ],
  ])('refuses %s', (_case, more, problem) => {
    expect(problemsOf({ ...LIVE, ...more })).toEqual([expect.stringMatching(problem)]);
  });

  it('tells all problems at once, by name, and where every setting is explained', () => {
    const env = {
      SMS_API_KEY: 'sk_prod_canary',
      PORT: 'canary-port',
      STORE_URL: 'canary://x',
      AUTH_JWT_SECRET: 'canary',
    };
    const problems = problemsOf(env);
    expect(problems).toHaveLength(4);
    const { message } = new ConfigError(problems);
    for (const name of ['PORT', 'STORE_URL', 'AUTH_JWT_SECRET', 'WEBHOOK_SECRETS'])
      expect(message).toContain(name);
    expect(message).toContain('.env.example');
    expect(message).not.toContain('canary');
  });

  it('lets AUTH=none pass when it is said outright, with a warning where others reach the port', () => {
    const open = { ...LIVE, AUTH_JWT_SECRET: undefined, AUTH: 'none' };
    expect(loadConfig(open)).toMatchObject({ auth: { kind: 'none' }, warnings: [] });
    expect(loadConfig({ ...open, HOST: '0.0.0.0' }).warnings).toEqual([expect.stringContaining('AUTH=none')]);
  });
});

describe('several workspaces', () => {
  const first = { id: 'shop', apiKey: 'sk_prod_one', webhookSecrets: ['secret-of-the-shop'] };
  const second = {
    id: 'bank',
    apiKey: 'sk_prod_two',
    apiSecret: 'signs',
    webhookSecrets: ['secret-of-the-bank'],
  };

  it('reads them from the file; the first is the default unless one bears that name', () => {
    const { provider, mode } = loadConfig(withWorkspaces([first, second]));
    expect(mode).toBe('live');
    expect(provider.workspaces).toEqual([{ ...first, apiSecret: null }, second]);
    expect(provider.defaultWorkspace).toBe('shop');
    const named = loadConfig(withWorkspaces([first, { ...second, id: 'default' }]));
    expect(named.provider.defaultWorkspace).toBe('default');
  });

  it.each<[string, unknown, string]>([
    ['an object instead of a list', {}, 'WORKSPACES_FILE: the file must be a list.'],
    ['an empty list', [], 'WORKSPACES_FILE: the file must hold at least one workspace.'],
    ['an entry that is no object', [first, 7], 'WORKSPACES_FILE: entry 1 must be an object.'],
    [
      'a missing key',
      [first, { ...second, apiKey: undefined }],
      'WORKSPACES_FILE: entry 1, apiKey must be a text.',
    ],
    [
      'a bad id',
      [{ ...first, id: '../shop' }],
      'WORKSPACES_FILE: entry 0, id must be 1 to 64 letters, digits, "-" and "_".',
    ],
    [
      'no webhook secret',
      [{ ...first, webhookSecrets: [] }],
      'WORKSPACES_FILE: entry 0, webhookSecrets must hold at least one secret: delivery reports without a signature are refused.',
    ],
    [
      'an empty webhook secret',
      [{ ...first, webhookSecrets: [''] }],
      'WORKSPACES_FILE: entry 0, webhookSecrets.0 must not be empty.',
    ],
    [
      'a misspelt member',
      [{ ...first, apisecret: 'x' }],
      'WORKSPACES_FILE: entry 0 has unknown members: apisecret.',
    ],
    [
      'a repeated id',
      [first, { ...second, id: 'shop' }],
      'WORKSPACES_FILE: entry 1, id repeats that of entry 0.',
    ],
    [
      'a repeated key',
      [first, { ...second, apiKey: 'sk_prod_one' }],
      'WORKSPACES_FILE: entry 1, apiKey repeats that of entry 0.',
    ],
  ])('refuses %s, naming entry and member', (_case, entries, problem) => {
    expect(problemsOf(withWorkspaces(entries))).toEqual([problem]);
  });

  it('refuses a file that is not there, or not JSON', () => {
    const auth = { AUTH_JWT_SECRET: LIVE.AUTH_JWT_SECRET };
    expect(problemsOf({ ...auth, WORKSPACES_FILE: '/nowhere/workspaces.json' })).toEqual([
      'WORKSPACES_FILE names a file that cannot be read (ENOENT).',
    ]);
    expect(problemsOf({ ...auth, WORKSPACES_FILE: writeTemporary('{') })).toEqual([
      'WORKSPACES_FILE names a file that is not JSON.',
    ]);
  });

  it('refuses the file beside the settings of a single workspace', () => {
    expect(problemsOf({ ...withWorkspaces([first]), ...LIVE })).toEqual([
      'WORKSPACES_FILE takes the place of SMS_API_KEY, WEBHOOK_SECRETS: set one or the other.',
    ]);
  });
});

describe('details', () => {
  it('derives the same root key from the same provider key, so that replicas share it', () => {
    expect(live().rootKey).toEqual(live({ PORT: '4001' }).rootKey);
    expect(live().rootKey).not.toEqual(live({ SMS_API_KEY: 'sk_prod_other' }).rootKey);
    const secret = { GATEWAY_SECRET: 'one-secret-for-all-of-the-replicas-here' };
    expect(live(secret).rootKey).toEqual(live({ ...secret, SMS_API_KEY: 'sk_prod_other' }).rootKey);
  });

  it('trims slashes off addresses', () => {
    const config = live({
      SMS_API_URL: 'http://127.0.0.1:9/api/v1/',
      PUBLIC_URL: 'https://sms.example.com/',
    });
    expect(config.provider.apiUrl).toBe('http://127.0.0.1:9/api/v1');
    expect(config.server.publicUrl).toBe('https://sms.example.com');
  });

  it('reads the trusted documents', () => {
    const path = writeTemporary(JSON.stringify({ abc: '{ viewer { workspace } }' }));
    expect(live({ TRUSTED_DOCUMENTS: path }).trustedDocuments?.get('abc')).toBe('{ viewer { workspace } }');
  });

  it('warns of names that look like settings but are none', () => {
    expect(live({ LIMIT_DEPHT: '5', HOME: '/root' }).warnings).toEqual([
      'LIMIT_DEPHT is not a setting of this gateway.',
    ]);
  });

  it('warns of guessable webhook secrets and of an unencrypted provider', () => {
    const { warnings } = live({ WEBHOOK_SECRETS: 'whsec', SMS_API_URL: 'http://sms.example.com/api/v1' });
    expect(warnings).toHaveLength(2);
    expect(warnings.join()).not.toContain('whsec');
  });
});

describe('.env.example', () => {
  const text = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
  const settings = [...text.matchAll(/^#([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => ({
    name,
    value,
  }));

  it('explains every setting, and none that is not there', () => {
    expect(settings.map(({ name }) => name).sort()).toEqual([...listSettingNames()].sort());
  });

  it('changes nothing when it is copied as it is', () => {
    expect(text).not.toMatch(/^[^#\s]/m);
  });

  it('shows the default of every limit and guard', () => {
    const numbers = settings.filter(({ name, value }) => /^\d+$/.test(value) && !/SPEND/.test(name));
    const shown = loadConfig(Object.fromEntries(numbers.map(({ name, value }) => [name, value])));
    const defaults = loadConfig({});
    for (const part of ['limits', 'guards', 'server', 'store'] as const)
      expect(shown[part]).toEqual(defaults[part]);
  });
});
