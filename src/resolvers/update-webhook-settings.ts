import type { OperationContext } from '../context.ts';
import type { WebhookSettings } from '../domain/webhook-settings.ts';
import { refusalAsData } from './webhook-refusal.ts';
import { type WebhookSettingsInput, webhookSettingsChange } from './webhook-settings-change.ts';

/**
 * @throws InvalidInputError, WebhookRefusedError, RateLimitedError, UpstreamUnavailableError
 */
export const updateWebhookSettings = (
  { input }: { readonly input: WebhookSettingsInput },
  { provider }: OperationContext,
): Promise<WebhookSettings> => {
  const change = webhookSettingsChange(input);
  return refusalAsData(() => provider.updateWebhookSettings(change));
};
