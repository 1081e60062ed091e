import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import type { AuthConfig, TokenRules } from '../../../src/config/auth-config.ts';
import type { Clock } from '../../../src/domain/clock.ts';
import {
  ForbiddenError,
  UnauthenticatedError,
  UpstreamUnavailableError,
} from '../../../src/domain/errors.ts';
import { createAuthenticator } from '../../../src/server/access/authentication.ts';
import type { TokenKeysOptions } from '../../../src/server/access/token-keys.ts';

const SECRET = 'a-secret-of-at-least-thirty-two-bytes';
const RULES: TokenRules = { issuer: null, audience: null, clockSkewSeconds: 5, areEndlessAllowed: false };
const NOW = Math.floor(Date.now() / 1000);

const bySecret = (rules: Partial<TokenRules> = {}): AuthConfig => ({
  kind: 'secret',
  secret: SECRET,
  ...RULES,
  ...rules,
});

function authenticatorOf(
  auth: AuthConfig,
  { clock = { now: () => NOW * 1000 }, keys = {} as TokenKeysOptions } = {},
) {
  const workspaces = new Map([
    ['default', { isSandbox: false }],
    ['lab', { isSandbox: true }],
  ]);
  return createAuthenticator({ auth, workspaces, defaultWorkspace: 'default', clock, keys });
}

/** Tokens end in a minute, unless a test says otherwise. */
const END = { exp: NOW + 60 };

const sign = (payload: JWTPayload, secret = SECRET, alg = 'HS256') =>
  new SignJWT({ ...END, ...payload }).setProtectedHeader({ alg }).sign(new TextEncoder().encode(secret));

describe('without authentication', () => {
  it('takes everybody for an anonymous caller with every scope', async () => {
    const authenticator = authenticatorOf({ kind: 'none' });
    const expected = {
      viewer: { subject: null, workspace: 'default', scopes: ['*'], isSandbox: false },
      expiresAtMs: null,
    };
    expect(await authenticator.authenticate(null)).toEqual(expected);
    expect(await authenticator.authenticate('whatever')).toEqual(expected);
  });
});

describe('by shared secret', () => {
  it('reads who asks, for which workspace, with which scopes, until when', async () => {
    const token = await sign({ sub: 'ann', scope: 'sms.send  sms.read', workspace: 'lab', exp: NOW + 60 });
    expect(await authenticatorOf(bySecret()).authenticate(token)).toEqual({
      viewer: { subject: 'ann', workspace: 'lab', scopes: ['sms.send', 'sms.read'], isSandbox: true },
      expiresAtMs: (NOW + 60) * 1000,
    });
  });

  it('gives a bare token the default workspace and no scope', async () => {
    expect(await authenticatorOf(bySecret()).authenticate(await sign({}))).toEqual({
      viewer: { subject: null, workspace: 'default', scopes: [], isSandbox: false },
      expiresAtMs: END.exp * 1000,
    });
  });

  it.each<[string, () => Promise<string | null> | string | null]>([
    ['no token', () => null],
    ['an empty token', () => ''],
    ['what is no token', () => 'open sesame'],
    ['a token beyond every size', () => 'x'.repeat(10_000)],
    [
      'a token signed with another secret',
      () => sign({ sub: 'eve' }, 'another-secret-of-thirty-two-bytes-too'),
    ],
    ['another algorithm of the same secret', () => sign({ sub: 'eve' }, SECRET, 'HS512')],
    ['an unsigned token', () => new UnsecuredJWT({ sub: 'eve' }).encode()],
    ['an expired token', () => sign({ exp: NOW - 1 })],
    ['a token that ends now', () => sign({ exp: NOW })],
    ['a token from beyond the clock skew', () => sign({ nbf: NOW + 6 })],
    ['an end that is no number', () => sign({ exp: 'tomorrow' as unknown as number })],
  ])('refuses %s', async (_case, token) => {
    await expect(authenticatorOf(bySecret()).authenticate(await token())).rejects.toBeInstanceOf(
      UnauthenticatedError,
    );
  });

  it('refuses a token that never ends, unless it is told to take those too', async () => {
    const endless = await sign({ sub: 'ann', exp: undefined as unknown as number });
    await expect(authenticatorOf(bySecret()).authenticate(endless)).rejects.toThrow(
      'The token has no expiry (exp)',
    );
    const lenient = authenticatorOf(bySecret({ areEndlessAllowed: true }));
    expect(await lenient.authenticate(endless)).toMatchObject({
      viewer: { subject: 'ann' },
      expiresAtMs: null,
    });
  });

  it('refuses a token that was issued in the future, beyond the clock skew', async () => {
    const authenticator = authenticatorOf(bySecret());
    await expect(authenticator.authenticate(await sign({ iat: NOW + 6 }))).rejects.toThrow(
      'The token was issued in the future (iat)',
    );
    await expect(authenticator.authenticate(await sign({ iat: NOW + 5 }))).resolves.toBeDefined();
  });

  it('refuses an edited token', async () => {
    const [header, , signature] = (await sign({ scope: 'sms.read' })).split('.');
    const payload = Buffer.from(JSON.stringify({ scope: '*' })).toString('base64url');
    await expect(
      authenticatorOf(bySecret()).authenticate(`${header}.${payload}.${signature}`),
    ).rejects.toThrow('The token is not valid.');
  });

  it('forgives a clock that runs a little behind the issuer', async () => {
    const token = await sign({ nbf: NOW + 4, exp: NOW + 60 });
    await expect(authenticatorOf(bySecret()).authenticate(token)).resolves.toBeDefined();
  });

  it('refuses a token once it has expired, also one it has seen before', async () => {
    const clock: Clock & { nowMs: number } = { nowMs: NOW * 1000, now: () => clock.nowMs };
    const authenticator = authenticatorOf(bySecret(), { clock });
    const token = await sign({ exp: NOW + 10 });
    await authenticator.authenticate(token);
    clock.nowMs += 9_999;
    await authenticator.authenticate(token);
    clock.nowMs += 1;
    await expect(authenticator.authenticate(token)).rejects.toThrow('The token has expired.');
    await expect(authenticator.authenticate(token)).rejects.toThrow('The token has expired.');
  });

  it.each<[string, JWTPayload]>([
    ['unknown', { workspace: 'elsewhere' }],
    ['empty', { workspace: '' }],
    ['of another type', { workspace: ['default'] }],
    ['an inherited name', { workspace: 'constructor' }],
  ])('forbids a workspace that is %s, and does not fall back on the default one', async (_case, payload) => {
    await expect(authenticatorOf(bySecret()).authenticate(await sign(payload))).rejects.toBeInstanceOf(
      ForbiddenError,
    );
  });

  it('demands issuer and audience when they are set', async () => {
    const authenticator = authenticatorOf(bySecret({ issuer: 'https://id.example.com', audience: 'sms' }));
    const right = { iss: 'https://id.example.com', aud: ['web', 'sms'] };
    await expect(authenticator.authenticate(await sign(right))).resolves.toBeDefined();
    await expect(
      authenticator.authenticate(await sign({ ...right, iss: 'https://evil.example' })),
    ).rejects.toThrow('"iss"');
    await expect(authenticator.authenticate(await sign({ ...right, aud: 'web' }))).rejects.toThrow('"aud"');
    await expect(authenticator.authenticate(await sign({}))).rejects.toBeInstanceOf(UnauthenticatedError);
  });

  it('takes scopes as a list too', async () => {
    const { viewer } = await authenticatorOf(bySecret()).authenticate(
      await sign({ scope: ['sms.read', 7, '*'] }),
    );
    expect(viewer.scopes).toEqual(['sms.read', '*']);
  });
});

describe('by the keys of an issuer', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  async function serveKeys() {
    const issuer = { keys: [] as JWK[], fetches: 0, isAway: false };
    const server = createServer((_request, response) => {
      issuer.fetches += 1;
      response.writeHead(issuer.isAway ? 503 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ keys: issuer.keys }));
    }).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const auth: AuthConfig = { kind: 'jwks', url: new URL(`http://127.0.0.1:${port}/keys`), ...RULES };
    return { issuer, auth };
  }

  async function createKey(kid: string, alg = 'ES256') {
    const { publicKey, privateKey } = await generateKeyPair(alg);
    const jwk: JWK = { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' };
    const signToken = (payload: JWTPayload) =>
      new SignJWT({ ...END, ...payload }).setProtectedHeader({ alg, kid }).sign(privateKey);
    return { jwk, signToken };
  }

  it.each(['ES256', 'RS256', 'EdDSA'])('accepts %s and fetches the keys once', async (alg) => {
    const { issuer, auth } = await serveKeys();
    const key = await createKey('one', alg);
    issuer.keys = [key.jwk];
    const authenticator = authenticatorOf(auth);
    for (const sub of ['ann', 'ben', 'cas'])
      expect((await authenticator.authenticate(await key.signToken({ sub }))).viewer.subject).toBe(sub);
    expect(issuer.fetches).toBe(1);
  });

  it('follows a rotation of keys', async () => {
    const { issuer, auth } = await serveKeys();
    const [old, next] = [await createKey('old'), await createKey('next')];
    issuer.keys = [old.jwk];
    const authenticator = authenticatorOf(auth, { keys: { cooldownMs: 0 } });
    await authenticator.authenticate(await old.signToken({}));
    issuer.keys = [old.jwk, next.jwk];
    await expect(authenticator.authenticate(await next.signToken({}))).resolves.toBeDefined();
    expect(issuer.fetches).toBe(2);
  });

  it('does not ask the issuer again for every made-up key', async () => {
    const { issuer, auth } = await serveKeys();
    const [known, forged] = [await createKey('known'), await createKey('forged')];
    issuer.keys = [known.jwk];
    const authenticator = authenticatorOf(auth);
    await authenticator.authenticate(await known.signToken({}));
    for (const sub of ['a', 'b', 'c'])
      await expect(authenticator.authenticate(await forged.signToken({ sub }))).rejects.toBeInstanceOf(
        UnauthenticatedError,
      );
    expect(issuer.fetches).toBe(1);
  });

  it('never takes a public key for a shared secret', async () => {
    const { issuer, auth } = await serveKeys();
    const key = await createKey('one');
    issuer.keys = [key.jwk];
    const forged = await sign({ scope: '*' }, JSON.stringify(key.jwk));
    await expect(authenticatorOf(auth).authenticate(forged)).rejects.toBeInstanceOf(UnauthenticatedError);
  });

  it('goes on with the keys it knows while the issuer is away, and says so when it knows none', async () => {
    const { issuer, auth } = await serveKeys();
    const key = await createKey('one');
    issuer.keys = [key.jwk];
    const authenticator = authenticatorOf(auth, { keys: { maxAgeMs: 0, cooldownMs: 0 } });
    const warm = authenticatorOf(auth, { keys: { maxAgeMs: 1, cooldownMs: 0 } });
    await warm.authenticate(await key.signToken({ sub: 'before' }));
    issuer.isAway = true;
    await expect(warm.authenticate(await key.signToken({ sub: 'during' }))).resolves.toBeDefined();
    await expect(authenticator.authenticate(await key.signToken({}))).rejects.toBeInstanceOf(
      UpstreamUnavailableError,
    );
  });
});
