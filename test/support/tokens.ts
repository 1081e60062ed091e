import { type JWTPayload, SignJWT } from 'jose';

export const SECRET = 'a shared secret of the tests, long enough';

/** A caller's token, signed with the shared secret of the tests. */
export const tokenFor = (claims: JWTPayload): Promise<string> =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuedAt()
    .sign(new TextEncoder().encode(SECRET));
