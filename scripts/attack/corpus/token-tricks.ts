import { createHmac, generateKeyPairSync, sign as signBytes } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { askOver, TRANSPORTS, type Transport } from '../ask.ts';
import { findInsides } from '../query-attack.ts';
import { signToken } from '../sign-token.ts';
import type { Attack, Target } from '../target.ts';

type Forge = (target: Target) => string | Promise<string>;

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const hmac = (alg: string, key: string, body: string): string =>
  createHmac(alg, key).update(body).digest('base64url');

const claimsFor = ({ issuer, workspace }: Target, changes: JWTPayload = {}): JWTPayload => {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const times = { iat: nowSeconds, exp: nowSeconds + 600 };
  return {
    iss: issuer.issuer,
    aud: issuer.audience,
    sub: 'eve',
    scope: '*',
    workspace,
    ...times,
    ...changes,
  };
};

/** A token whose head says what it likes, signed with what an outsider has. */
const forge =
  (header: Readonly<Record<string, unknown>>, key = ''): Forge =>
  (target) => {
    const body = `${encode(header)}.${encode(claimsFor(target))}`;
    return `${body}.${key === '' ? '' : hmac('sha256', key, body)}`;
  };

const genuine =
  (changes: (target: Target) => JWTPayload, alg = 'HS256'): Forge =>
  (target) =>
    signToken(
      target.issuer,
      { sub: 'eve', scope: '*', workspace: target.workspace, ...changes(target) },
      alg,
    );

const nowSeconds = (): number => Math.floor(Date.now() / 1000);

/** A signature of an outsider's own key, which the head offers to check it with. */
const ownKey: Forge = (target) => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const header = { alg: 'ES256', jwk: publicKey.export({ format: 'jwk' }), jku: 'http://127.0.0.1:1/keys' };
  const body = `${encode(header)}.${encode(claimsFor(target))}`;
  const signature = signBytes('sha256', Buffer.from(body), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${body}.${signature.toString('base64url')}`;
};

/** The claims of another workspace below a signature that was made for the own one. */
const swapped: Forge = async (target) => {
  const [header, , signature] = (
    await signToken(target.issuer, { sub: 'eve', workspace: target.workspace })
  ).split('.');
  return `${header}.${encode(claimsFor(target, { workspace: target.victim.workspace }))}.${signature}`;
};

const FORGED: Readonly<Record<string, Forge>> = {
  'no signature, alg none': forge({ alg: 'none' }),
  'alg None': forge({ alg: 'None', typ: 'JWT' }),
  'alg none with a signature': forge({ alg: 'none' }, 'x'),
  'no alg': forge({}),
  'the empty secret': (target) => {
    const body = `${encode({ alg: 'HS256' })}.${encode(claimsFor(target))}`;
    return `${body}.${hmac('sha256', '', body)}`;
  },
  'a guessed secret': forge({ alg: 'HS256' }, 'secret'),
  'a secret named by path': forge({ alg: 'HS256', kid: '/dev/null' }, '\u0000'),
  'another algorithm of the right secret': genuine(() => ({}), 'HS512'),
  'RS256 with a text for a signature': forge({ alg: 'RS256' }, 'x'),
  'a key that the token brings along': ownKey,
  'critical extensions': forge({ alg: 'HS256', crit: ['exp'], exp: 1 }, 'x'),
  'unencoded payload': forge({ alg: 'HS256', b64: false, crit: ['b64'] }, 'x'),
  'claims of another workspace': swapped,
  'signature cut off': async (target) => (await genuine(() => ({}))(target)).replace(/[^.]+$/, ''),
  'signature with a letter changed': async (target) => {
    const token = await genuine(() => ({}))(target);
    return `${token.slice(0, -6)}${token.at(-6) === 'A' ? 'B' : 'A'}${token.slice(-5)}`;
  },
  expired: genuine(() => ({ exp: nowSeconds() - 1 })),
  'expired long ago': genuine(() => ({ exp: 1 })),
  'never expires': genuine(() => ({ exp: undefined }) as unknown as JWTPayload),
  'issued in the future': genuine(() => ({ iat: nowSeconds() + 3600 })),
  'not yet valid': genuine(() => ({ nbf: nowSeconds() + 3600 })),
  'an end that is no number': genuine(() => ({ exp: 'never' }) as unknown as JWTPayload),
  'a foreign issuer': genuine(() => ({ iss: 'https://evil.example.com/' })),
  'no issuer': genuine(() => ({ iss: '' })),
  'a foreign audience': genuine(() => ({ aud: 'another-service' })),
  'an unknown workspace': genuine(() => ({ workspace: 'nobodys' })),
  'a workspace of the prototype': genuine(() => ({ workspace: '__proto__' })),
  'workspaces in a list': genuine(({ workspace, victim }) => ({ workspace: [workspace, victim.workspace] })),
  'workspace null': genuine(() => ({ workspace: null })),
  'an encrypted token': () => `${encode({ alg: 'dir', enc: 'A256GCM' })}..AAAA.AAAA.AAAA`,
  'a token of 7,000 letters': () => 'x'.repeat(7_000),
  'two dots': () => '..',
  'not base64': () => '!!!.???.###',
};

const NOBODY = {
  '': '{ viewer { workspace } }',
  event: 'subscription { deliveryReportReceived { cursor } }',
};

export const TOKEN_TRICKS: readonly Attack[] = TRANSPORTS.flatMap((transport) =>
  Object.entries(FORGED).map(([name, forgery]) => trick(name, forgery, transport)),
);

function trick(name: string, forgery: Forge, transport: Transport): Attack {
  return {
    name: `token: ${name} (${transport})`,
    async run(target) {
      const ask = askOver(transport, { url: target.url, token: await forgery(target) });
      const findings = Object.values(transport === 'http' ? [NOBODY['']] : NOBODY).map(async (query) => {
        const answer = await ask({ query });
        const isLetIn = answer.data !== null || ![401, 403, 503, 4403].includes(answer.status);
        return [...(isLetIn ? [`It was let in (${answer.status}).`] : []), ...findInsides(answer)];
      });
      return (await Promise.all(findings)).flat();
    },
  };
}
