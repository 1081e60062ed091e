import { createHmac, timingSafeEqual } from 'node:crypto';

/** A signed request is good for this long before and after its timestamp. */
const WINDOW_SECONDS = 300;

export interface SignedParts {
  readonly method: string;
  /** With `/api/v1`, without the query string: the query is not signed. */
  readonly path: string;
  readonly timestamp: string;
  readonly body: string | Buffer;
}

/** HMAC-SHA256 of `{METHOD}|{path}|{timestamp}|{body}` in lower-case hex. */
export const signRequest = (secret: string, parts: SignedParts): string =>
  createHmac('sha256', secret)
    .update(`${parts.method}|${parts.path}|${parts.timestamp}|`)
    .update(parts.body)
    .digest('hex');

export function isSignedBy(secret: string, parts: SignedParts, signature: string): boolean {
  const expected = Buffer.from(signRequest(secret, parts));
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

const UNIX_SECONDS = /^\d{1,12}$/;

export const isFreshTimestamp = (timestamp: string, nowMs: number): boolean =>
  UNIX_SECONDS.test(timestamp) && Math.abs(Number(timestamp) - nowMs / 1000) <= WINDOW_SECONDS;

/** Remembers the (timestamp, signature) pairs of one key, because each is accepted once. */
export interface SignatureLedger {
  /** False when the pair was used before. */
  use(timestamp: string, signature: string, nowMs: number): boolean;
}

export function createSignatureLedger(): SignatureLedger {
  const usedByTimestamp = new Map<number, Set<string>>();

  function forgetStale(nowMs: number): void {
    for (const timestamp of usedByTimestamp.keys()) {
      if (timestamp < nowMs / 1000 - WINDOW_SECONDS) usedByTimestamp.delete(timestamp);
    }
  }

  return {
    use(timestamp, signature, nowMs) {
      const seconds = Number(timestamp);
      const used = usedByTimestamp.get(seconds);
      if (used === undefined) {
        forgetStale(nowMs);
        usedByTimestamp.set(seconds, new Set([signature]));
        return true;
      }
      if (used.has(signature)) return false;
      used.add(signature);
      return true;
    },
  };
}
