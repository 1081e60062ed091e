import { createHash, createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { Clock } from '../../domain/clock.ts';
import type { SignedAttempt } from '../../domain/send.ts';
import { type StopSignal, sleep } from '../resilience/stop-signal.ts';
import { createTimestampAllocator } from './timestamp-allocator.ts';

/** What the provider authenticates: `path` includes `/api/v1` but no query string, which is not signed. */
export interface RequestToSign {
  readonly method: string;
  readonly path: string;
  /** Exactly as sent; empty for a GET. */
  readonly body: string;
}

export interface Signer {
  /**
   * Signs with a timestamp that no other request of this process with the same method, path and body ever bore. Waits
   * while all of them are used up, until the signal aborts.
   *
   * @param isAgain the provider refused the pair before: another process may hand out the same seconds, so go elsewhere
   */
  sign(request: RequestToSign, signal: StopSignal, isAgain?: boolean): Promise<SignedAttempt>;
  /** False when the provider would refuse the pair for its age alone. */
  isInWindow(timestamp: number): boolean;
}

const ALLOWED_SKEW_SECONDS = 300; // "within 5 minutes of server time"
const SAFETY_SECONDS = 30; // for the way to the provider and for clocks that disagree
const REACH_SECONDS = ALLOWED_SKEW_SECONDS - SAFETY_SECONDS;
const MAX_KINDS = 100_000;

/** `hex(HMAC-SHA256(api_secret, "{METHOD}|{path}|{timestamp}|{body}"))`. */
export const signatureOf = (secret: string | KeyObject, request: RequestToSign, timestamp: number): string =>
  createHmac('sha256', secret)
    .update(`${request.method}|${request.path}|${timestamp}|${request.body}`)
    .digest('hex');

export function createSigner(apiSecret: string, clock: Clock): Signer {
  const key = createSecretKey(apiSecret, 'utf8');
  const timestamps = createTimestampAllocator({ reachSeconds: REACH_SECONDS, maxKinds: MAX_KINDS });
  const thisSecond = () => Math.floor(clock.now() / 1000);
  // Once another process is known to use the same key, all take their seconds at random and rarely meet.
  let isKeyShared = false;

  async function takeTimestamp(kind: string, signal: StopSignal): Promise<number> {
    for (;;) {
      const now = thisSecond();
      const timestamp = timestamps.take(kind, now, isKeyShared ? randomSecondAround(now) : now);
      if (timestamp !== null) return timestamp;
      await sleep(1000 - (clock.now() % 1000), signal);
    }
  }

  return {
    async sign(request, signal, isAgain = false) {
      isKeyShared ||= isAgain;
      const timestamp = await takeTimestamp(kindOf(request), signal);
      return { timestamp, signature: signatureOf(key, request, timestamp) };
    },
    isInWindow: (timestamp) => Math.abs(thisSecond() - timestamp) < ALLOWED_SKEW_SECONDS - SAFETY_SECONDS / 2,
  };
}

const kindOf = ({ method, path, body }: RequestToSign): string =>
  body === ''
    ? `${method} ${path}`
    : `${method} ${path} ${createHash('sha256').update(body).digest('base64url')}`;

const randomSecondAround = (now: number): number =>
  now - REACH_SECONDS + Math.floor(Math.random() * (2 * REACH_SECONDS + 1));
