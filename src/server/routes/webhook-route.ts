import type { Metrics } from '../../metrics.ts';
import type { ReceiveWebhook } from '../contracts/receive-webhook.ts';
import { HttpError } from '../http/http-error.ts';
import type { HttpExchange } from '../http/http-exchange.ts';
import { requireMethod, sendAnswer } from '../http/http-exchange.ts';
import { readBody } from '../http/read-body.ts';

/** Reports are a few hundred bytes; a larger body is none. */
const MAX_BODY_BYTES = 64 * 1024;
const BODY_TIMEOUT_MS = 10_000;

/**
 * The route of delivery reports. It knows no GraphQL and is never shed: the provider tries three times in a minute, and
 * then the report is lost. The answer is a bare status.
 */
export function createWebhookRoute(receive: ReceiveWebhook, metrics: Pick<Metrics, 'webhooks'>) {
  return async (exchange: HttpExchange, workspace: string): Promise<void> => {
    requireMethod(exchange, 'POST');
    const { headers } = exchange.request;
    const rawBody = await readReport(exchange, metrics);
    const status = await receive({
      workspace,
      rawBody,
      timestamp: headerText(headers['x-webhook-timestamp']),
      signature: headerText(headers['x-webhook-signature']),
    });
    sendAnswer(exchange, status, '', {});
  };
}

async function readReport({ request }: HttpExchange, metrics: Pick<Metrics, 'webhooks'>): Promise<Buffer> {
  try {
    return await readBody(request, { maxBytes: MAX_BODY_BYTES, timeoutMs: BODY_TIMEOUT_MS });
  } catch (error) {
    if (error instanceof HttpError && error.status === 413) metrics.webhooks.inc({ verdict: 'too_large' });
    if (error instanceof HttpError && error.status === 415) metrics.webhooks.inc({ verdict: 'compressed' });
    throw error;
  }
}

const headerText = (value: string | readonly string[] | undefined): string | null =>
  typeof value === 'string' ? value : null;
