import { type JWTPayload, SignJWT } from 'jose';
import type { Target, TokenIssuer } from './target.ts';

const LIFETIME_SECONDS = 3600;

/** A genuine token; claims that are given win over the usual ones. */
export const signToken = (
  { secret, issuer, audience }: TokenIssuer,
  claims: JWTPayload,
  alg = 'HS256',
): Promise<string> => {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const usual = { iss: issuer, aud: audience, iat: nowSeconds, exp: nowSeconds + LIFETIME_SECONDS };
  return new SignJWT({ ...usual, ...claims })
    .setProtectedHeader({ alg })
    .sign(new TextEncoder().encode(secret));
};

/** The attacker's own token: good for everything in the own workspace. */
export const attackerToken = ({ issuer, workspace }: Target, sub = 'attacker'): Promise<string> =>
  signToken(issuer, { sub, workspace, scope: '*' });
