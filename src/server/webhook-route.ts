import type { HttpExchange } from './http-exchange.ts';
import { requireMethod, sendAnswer } from './http-exchange.ts';
import { readBody } from './read-body.ts';

/** One POST of the provider, as it came over the wire. */
export interface WebhookPost {
  readonly workspace: string;
  readonly rawBody: Buffer;
  /** Of `X-Webhook-Timestamp`; null when it is absent. */
  readonly timestamp: string | null;
  /** Of `X-Webhook-Signature`; null when it is absent. */
  readonly signature: string | null;
}

/** @returns the HTTP status to answer with */
export type ReceiveWebhook = (post: WebhookPost) => Promise<number>;

/** Reports are a few hundred bytes; a larger body is none. */
const MAX_BODY_BYTES = 64 * 1024;
const BODY_TIMEOUT_MS = 10_000;

/**
 * The route of delivery reports. It knows no GraphQL and is never shed: the provider tries three times in a minute, and
 * then the report is lost. The answer is a bare status.
 */
export function createWebhookRoute(receive: ReceiveWebhook) {
  return async (exchange: HttpExchange, workspace: string): Promise<void> => {
    requireMethod(exchange, 'POST');
    const { headers } = exchange.request;
    const rawBody = await readBody(exchange.request, {
      maxBytes: MAX_BODY_BYTES,
      timeoutMs: BODY_TIMEOUT_MS,
    });
    const status = await receive({
      workspace,
      rawBody,
      timestamp: headerText(headers['x-webhook-timestamp']),
      signature: headerText(headers['x-webhook-signature']),
    });
    sendAnswer(exchange, status, '', {});
  };
}

const headerText = (value: string | readonly string[] | undefined): string | null =>
  typeof value === 'string' ? value : null;
