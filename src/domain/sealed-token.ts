import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/**
 * Opaque tokens that outsiders hand back to us: page cursors, event cursors, download tokens. A token is readable by
 * whoever decodes it (it holds no secret) but cannot be edited, nor used for another purpose than it was sealed for.
 */
export interface TokenSealer {
  seal(payload: unknown): string;
  /** The payload, or null when the token was edited, is foreign, or was sealed for another purpose. */
  open(token: string): unknown;
}

const MAC_BYTES = 16; // 128 bits are out of reach of guessing, and keep cursors short
const MAX_TOKEN_LENGTH = 4096;

/**
 * @param rootKey secret that all replicas share
 * @param purpose names the kind of token and its version, such as `page-cursor/1`
 */
export function createTokenSealer(rootKey: string | Buffer, purpose: string): TokenSealer {
  const key = Buffer.from(hkdfSync('sha256', rootKey, '', purpose, 32));
  const macOf = (body: string) => createHmac('sha256', key).update(body).digest().subarray(0, MAC_BYTES);

  return {
    seal(payload) {
      const body = Buffer.from(JSON.stringify(payload)).toString('base64url');
      return `${body}.${macOf(body).toString('base64url')}`;
    },
    open(token) {
      if (token.length > MAX_TOKEN_LENGTH) return null;
      const [body, mac, ...rest] = token.split('.');
      if (body === undefined || mac === undefined || rest.length > 0) return null;
      const given = Buffer.from(mac, 'base64url');
      // Re-encoding refuses the other spellings of the same bytes that base64url allows.
      if (given.length !== MAC_BYTES || given.toString('base64url') !== mac) return null;
      if (!timingSafeEqual(given, macOf(body))) return null;
      return JSON.parse(Buffer.from(body, 'base64url').toString());
    },
  };
}

/**
 * Seals a payload that it has sealed lately without computing anything again: a page that many ask for carries the same
 * cursors each time, and sealing them would cost more than the rest of the page.
 */
export function rememberSealed(sealer: TokenSealer, maxTokens: number): TokenSealer {
  const sealed = new LRUCache<string, string>({ max: maxTokens });
  return {
    seal(payload) {
      const key = JSON.stringify(payload);
      const before = sealed.get(key);
      if (before !== undefined) return before;
      const token = sealer.seal(payload);
      sealed.set(key, token);
      return token;
    },
    open: sealer.open,
  };
}
