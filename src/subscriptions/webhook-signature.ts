import { createHmac, timingSafeEqual } from 'node:crypto';

/** How far the timestamp may be from our clock, either way: the provider's advice. */
const MAX_SKEW_MS = 5 * 60 * 1000;
const UNIX_SECONDS = /^\d{1,12}$/;
const SIGNATURE = /^sha256=([0-9a-f]{64})$/i;

export interface SignedWebhook {
  /** `X-Webhook-Timestamp`: Unix seconds. */
  readonly timestamp: string | undefined;
  /** `X-Webhook-Signature`: `sha256=` and the hex digits. */
  readonly signature: string | undefined;
  /** The bytes as they came: the signature is over them, not over what they mean. */
  readonly rawBody: Buffer;
}

/** `unsigned`: no signature, or none that a secret of ours made. `stale`: the timestamp is too far from now. */
export type Authenticity = 'authentic' | 'unsigned' | 'stale';

/** @param secrets every secret that is active; without one nothing is authentic */
export function checkSignature(
  { timestamp, signature, rawBody }: SignedWebhook,
  secrets: readonly string[],
  nowMs: number,
): Authenticity {
  const [, hexDigits] = SIGNATURE.exec(signature ?? '') ?? [];
  if (timestamp === undefined || !UNIX_SECONDS.test(timestamp) || hexDigits === undefined) return 'unsigned';
  if (Math.abs(nowMs - Number(timestamp) * 1000) > MAX_SKEW_MS) return 'stale';
  const given = Buffer.from(hexDigits, 'hex');
  // Every secret is tried, also after one that fits: the time taken tells nothing.
  const usable = secrets.filter((secret) => secret !== ''); // anybody can sign with an empty one
  const fits = usable.map((secret) => timingSafeEqual(given, macOf(secret, timestamp, rawBody)));
  return fits.includes(true) ? 'authentic' : 'unsigned';
}

const macOf = (secret: string, timestamp: string, rawBody: Buffer): Buffer =>
  createHmac('sha256', secret).update(`${timestamp}.`).update(rawBody).digest();
