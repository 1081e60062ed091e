const BEARER = /^Bearer +(\S+)$/i;

/** The token of an `Authorization` header or of what stands for it in `connection_init`; null when there is none. */
export function bearerToken(authorization: unknown): string | null {
  if (typeof authorization !== 'string') return null;
  return BEARER.exec(authorization.trim())?.[1] ?? null;
}

/** The token in the payload of `connection_init`: `{"authorization": "Bearer …"}` or `{"token": "…"}`. */
export function connectionToken(payload: Readonly<Record<string, unknown>> | undefined): string | null {
  const { authorization, Authorization, token } = payload ?? {};
  return bearerToken(authorization ?? Authorization) ?? (typeof token === 'string' ? token : null);
}
