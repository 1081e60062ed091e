import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../src/domain/clock.ts';
import { ask, TRANSPORTS } from '../support/ask-everywhere.ts';
import { type LiveGateway, startLiveGateway } from '../support/live-gateway.ts';
import { portOf } from '../support/port-of.ts';
import { openRawSocket } from '../support/raw-socket.ts';

const WHO = { query: '{ viewer { subject } }' };
const NOBODY = 'http://127.0.0.1:1'; // the provider is asked for nothing here

/** An issuer of tokens that serves its keys on loopback. */
let issuer: { keys: JWK[]; fetches: number; isAway: boolean };
let server: Server;

beforeEach(async () => {
  issuer = { keys: [], fetches: 0, isAway: false };
  server = createServer((_request, response) => {
    issuer.fetches += 1;
    if (issuer.isAway) return void response.destroy();
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ keys: issuer.keys }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  vi.useRealTimers();
  server.closeAllConnections();
  server.close();
});

async function start(clock = systemClock): Promise<LiveGateway> {
  const env = { AUTH_JWKS_URL: `http://127.0.0.1:${portOf(server)}/keys` };
  const gateway = await startLiveGateway({ providerUrl: NOBODY, env, clock });
  onTestFinished(() => gateway.close());
  return gateway;
}

async function createKey(kid: string, alg = 'ES256') {
  const { publicKey, privateKey } = await generateKeyPair(alg);
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' };
  const sign = (payload: JWTPayload) =>
    new SignJWT(payload).setProtectedHeader({ alg, kid }).setExpirationTime('1h').sign(privateKey);
  return { jwk, sign };
}

/** Time goes by for everybody in this process. */
const passSeconds = (seconds: number) =>
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 });

const isLetIn = async (gateway: LiveGateway, bearer: string) =>
  (await ask('HTTP', gateway, WHO, bearer)).errors === undefined;

describe('an issuer whose keys change', () => {
  it('is followed on every transport: a new key is fetched when a token first names it', async () => {
    const [old, next] = [await createKey('old'), await createKey('next', 'RS256')];
    issuer.keys = [old.jwk];
    const gateway = await start();
    expect(await isLetIn(gateway, await old.sign({ sub: 'ann' }))).toBe(true);
    issuer.keys = [next.jwk, old.jwk];
    passSeconds(11);
    for (const transport of TRANSPORTS) {
      const bearer = await next.sign({ sub: `ben over ${transport}` });
      expect(await ask(transport, gateway, WHO, bearer)).toMatchObject({
        data: { viewer: { subject: `ben over ${transport}` } },
      });
    }
    expect(issuer.fetches).toBe(2);
  });

  it('withdraws a key: its tokens are refused once the keys are fetched again', async () => {
    const [old, next] = [await createKey('old'), await createKey('next')];
    issuer.keys = [old.jwk];
    const gateway = await start();
    expect(await isLetIn(gateway, await old.sign({ sub: 'before' }))).toBe(true);
    issuer.keys = [next.jwk];
    passSeconds(601);
    expect(await isLetIn(gateway, await old.sign({ sub: 'after' }))).toBe(false);
  });

  it('is not asked for every key that somebody made up', async () => {
    const known = await createKey('known');
    issuer.keys = [known.jwk];
    const gateway = await start();
    await isLetIn(gateway, await known.sign({ sub: 'ann' }));
    for (const kid of ['a', 'b', 'c'])
      expect(await isLetIn(gateway, await (await createKey(kid)).sign({ scope: '*' }))).toBe(false);
    expect(issuer.fetches).toBe(1);
  });

  it('never lends its public key as a shared secret', async () => {
    const key = await createKey('one', 'RS256');
    issuer.keys = [key.jwk, { kty: 'oct', kid: 'two', k: Buffer.from('x'.repeat(32)).toString('base64url') }];
    const gateway = await start();
    const forge = (kid: string, secret: string) =>
      new SignJWT({ scope: '*' })
        .setProtectedHeader({ alg: 'HS256', kid })
        .setExpirationTime('1h')
        .sign(new TextEncoder().encode(secret));
    expect(await isLetIn(gateway, await forge('one', JSON.stringify(key.jwk)))).toBe(false);
    expect(await isLetIn(gateway, await forge('one', key.jwk.n ?? ''))).toBe(false);
    expect(await isLetIn(gateway, await forge('two', 'x'.repeat(32)))).toBe(false);
  });
});

describe('an issuer that is away', () => {
  it('does no harm while its keys are known, and is not asked again for every token', async () => {
    const key = await createKey('one');
    issuer.keys = [key.jwk];
    const gateway = await start();
    expect(await isLetIn(gateway, await key.sign({ sub: 'before' }))).toBe(true);
    issuer.isAway = true;
    passSeconds(601);
    for (const sub of ['a', 'b', 'c']) expect(await isLetIn(gateway, await key.sign({ sub }))).toBe(true);
    expect(issuer.fetches).toBe(2);
    issuer.isAway = false;
    passSeconds(11);
    expect(await isLetIn(gateway, await key.sign({ sub: 'later' }))).toBe(true);
    expect(issuer.fetches).toBe(3);
  });

  it('before its keys were known, makes callers come back: 503 for requests, 1013 for sockets', async () => {
    const key = await createKey('one');
    issuer.isAway = true;
    const gateway = await start();
    const bearer = await key.sign({ sub: 'ann' });
    const response = await fetch(gateway.graphqlUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
      body: JSON.stringify(WHO),
    });
    expect(response.status).toBe(503);
    const socket = await openRawSocket(gateway.webSocketUrl);
    socket.send({ type: 'connection_init', payload: { token: bearer } });
    expect(await socket.closed).toMatchObject({ code: 1013 });
  });
});

describe('a socket that is open', () => {
  it('has its token looked at again before each operation', async () => {
    const key = await createKey('one');
    issuer.keys = [key.jwk];
    let aheadMs = 0;
    // The timer that closes at the end of the token runs by this machine's clock, an hour from now.
    const gateway = await start({ now: () => Date.now() + aheadMs });
    const socket = await openRawSocket(gateway.webSocketUrl);
    socket.send({ type: 'connection_init', payload: { token: await key.sign({ sub: 'ann' }) } });
    await socket.next();
    socket.send({ type: 'subscribe', id: '1', payload: WHO });
    expect(await socket.next()).toMatchObject({ payload: { data: { viewer: { subject: 'ann' } } } });
    aheadMs = 3_600_000;
    socket.send({ type: 'subscribe', id: '2', payload: WHO });
    expect(await socket.closed).toMatchObject({ code: 4403 });
  });
});
