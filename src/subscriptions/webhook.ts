import { type Clock, toInstant } from '../domain/clock.ts';
import type { DeliveryReport } from '../domain/delivery-report.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import type { Store } from '../store/store.ts';
import { withDeadline } from '../store/with-deadline.ts';
import { readWebhookBody } from './webhook-body.ts';
import { checkSignature, type SignedWebhook } from './webhook-signature.ts';

/** A delivery report as it was posted, its body complete and within bounds. */
export interface PostedWebhook extends SignedWebhook {
  readonly workspace: string;
  /** The secrets that may have signed it. Without one every post is refused. */
  readonly secrets: readonly string[];
}

/**
 * What to answer. 204: durable in the log, or kept aside because no retry could mend it. 401: not from the provider. 503:
 * not durable, to be sent again.
 */
export type WebhookVerdict =
  | { readonly status: 204; readonly verdict: 'appended' | 'duplicate' | 'unusable' }
  | { readonly status: 401; readonly verdict: 'unsigned' | 'stale' }
  | { readonly status: 503; readonly verdict: 'store_away' };

export interface WebhookReceiver {
  /** Never rejects. */
  receive(webhook: PostedWebhook): Promise<WebhookVerdict>;
}

export interface WebhookReceiverOptions {
  readonly store: Pick<Store, 'log' | 'deadLetters'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'webhooks' | 'reportsAppended' | 'appendDuration' | 'storeErrors'>;
  /** Longest wait for the store: the provider waits 5 s for the answer. @default 2000 */
  readonly appendTimeoutMs?: number;
}

const APPEND_TIMEOUT_MS = 2000;

/** Takes delivery reports in: signature, then sense, then the log, and only then the answer. */
export function createWebhookReceiver(options: WebhookReceiverOptions): WebhookReceiver {
  const { store, clock, logger, metrics, appendTimeoutMs = APPEND_TIMEOUT_MS } = options;
  let isStoreAway = false;

  async function append(workspace: string, report: DeliveryReport): Promise<'appended' | 'duplicate'> {
    const startedAtMs = performance.now();
    const { isDuplicate } = await store.log.append(workspace, report);
    metrics.appendDuration.observe({}, (performance.now() - startedAtMs) / 1000);
    if (!isDuplicate) metrics.reportsAppended.inc({ source: 'webhook' });
    return isDuplicate ? 'duplicate' : 'appended';
  }

  async function setAside({ workspace, rawBody }: PostedWebhook, reason: string): Promise<'unusable'> {
    const body = rawBody.toString('utf8');
    await store.deadLetters.add({ workspace, receivedAtMs: clock.now(), reason, body });
    const bytes = rawBody.length;
    logger.warn({ workspace, reason, bytes }, 'A signed delivery report cannot be read; it was set aside');
    return 'unusable';
  }

  function take(webhook: PostedWebhook): Promise<'appended' | 'duplicate' | 'unusable'> {
    const signedAt = toInstant(Number(webhook.timestamp) * 1000);
    const body = readWebhookBody(webhook.rawBody, { receivedAt: toInstant(clock.now()), signedAt });
    return body.isReport ? append(webhook.workspace, body.report) : setAside(webhook, body.reason);
  }

  function tellStoreState(isAway: boolean, error?: unknown): void {
    if (isAway) metrics.storeErrors.inc({ part: 'log' });
    // Told once an outage, however many reports it turns away.
    if (isAway && !isStoreAway) logger.error({ err: error }, 'The store takes no delivery reports');
    if (!isAway && isStoreAway) logger.info('The store takes delivery reports again');
    isStoreAway = isAway;
  }

  async function judge(webhook: PostedWebhook): Promise<WebhookVerdict> {
    const authenticity = checkSignature(webhook, webhook.secrets, clock.now());
    if (authenticity !== 'authentic') return { status: 401, verdict: authenticity };
    try {
      const verdict = await withDeadline(take(webhook), appendTimeoutMs);
      tellStoreState(false);
      return { status: 204, verdict };
    } catch (error) {
      tellStoreState(true, error);
      return { status: 503, verdict: 'store_away' };
    }
  }

  return {
    async receive(webhook) {
      const judgement = await judge(webhook);
      metrics.webhooks.inc({ verdict: judgement.verdict });
      return judgement;
    },
  };
}
