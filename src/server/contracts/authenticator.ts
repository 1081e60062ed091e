import type { Viewer } from '../../domain/viewer.ts';

/** Who a caller is, and until when the server may believe it. */
export interface Authentication {
  readonly viewer: Viewer;
  /** The token's `exp` in ms since epoch; null when it never ends. An open socket is closed within 1 s of it. */
  readonly expiresAtMs: number | null;
}

/** Turns the bearer token of a request, or of a socket's `connection_init`, into a viewer. */
export interface Authenticator {
  /**
   * @param token without `Bearer `; null when the caller gave none
   * @throws UnauthenticatedError when the token is missing, expired, or not one of ours
   */
  authenticate(token: string | null): Promise<Authentication>;
}
