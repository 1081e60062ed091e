import type { WebhookSettings } from '../../delivery/webhook-settings.ts';
import type { JsonValue } from '../../formats/json-text.ts';

/** The settings as they are told: never the secret, only whether there is one. */
export const webhookSettingsBody = (settings: WebhookSettings): JsonValue => ({
  delivery_url: settings.deliveryUrl,
  click_url: settings.clickUrl,
  conversion_url: settings.conversionUrl,
  delivery_fields: settings.deliveryFields,
  conversion_fields: settings.conversionFields,
  unique_clicks_only: settings.uniqueClicksOnly,
  signing_secret_set: settings.signingSecret !== null,
});
