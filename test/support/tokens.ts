import { type JWTPayload, SignJWT } from 'jose';

export const SECRET = 'a shared secret of the tests, long enough';

const LIFETIME_SECONDS = 3600;

/** A caller's token, signed with the shared secret of the tests; claims that are given win over the usual ones. */
export const tokenFor = (claims: JWTPayload): Promise<string> => {
  const nowSeconds = Math.floor(Date.now() / 1000);
  return new SignJWT({ iat: nowSeconds, exp: nowSeconds + LIFETIME_SECONDS, ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(SECRET));
};
