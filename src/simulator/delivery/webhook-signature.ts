import { createHmac } from 'node:crypto';

/** `sha256=` and the HMAC of `{timestamp}.{raw body}`. */
export const signWebhook = (secret: string, timestamp: string, rawBody: string): string =>
  `sha256=${createHmac('sha256', secret).update(`${timestamp}.${rawBody}`).digest('hex')}`;

/** Headers of a webhook; a workspace without a signing secret sends it unsigned. */
export function webhookHeaders(
  rawBody: string,
  secret: string | null,
  nowMs: number,
): Record<string, string> {
  const headers = {
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(rawBody)),
    'User-Agent': '23Telecom-Webhooks/1.0',
  };
  if (secret === null) return headers;
  const timestamp = String(Math.floor(nowMs / 1000));
  return {
    ...headers,
    'X-Webhook-Timestamp': timestamp,
    'X-Webhook-Signature': signWebhook(secret, timestamp, rawBody),
  };
}
