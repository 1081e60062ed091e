import type { OperationContext } from '../context.ts';
import { toInstant } from '../domain/clock.ts';
import type { Instant } from '../domain/message.ts';
import { refusalAsData } from './webhook-refusal.ts';

export interface WebhookTest {
  readonly requestedAt: Instant;
}

/**
 * Asks the provider to post a test webhook.
 * @throws InvalidInputError, WebhookRefusedError, RateLimitedError, UpstreamUnavailableError
 */
export async function testWebhook({ provider, clock }: OperationContext): Promise<WebhookTest> {
  const requestedAt = toInstant(clock.now());
  await refusalAsData(() => provider.testWebhook());
  return { requestedAt };
}
