import { ok } from '../../api/answer.ts';
import { defineEndpoint, nothingToCheck } from '../../api/endpoint.ts';
import type { WebhookSettings } from '../../delivery/workspace-webhooks.ts';
import type { JsonValue } from '../../formats/json-text.ts';
import { changeWebhookSettings } from './webhook-settings-change.ts';

/** The settings as they are told: never the secret, only whether there is one. */
const webhookSettingsBody = (settings: WebhookSettings): JsonValue => ({
  delivery_url: settings.deliveryUrl,
  click_url: settings.clickUrl,
  conversion_url: settings.conversionUrl,
  delivery_fields: settings.deliveryFields,
  conversion_fields: settings.conversionFields,
  unique_clicks_only: settings.uniqueClicksOnly,
  signing_secret_set: settings.signingSecret !== null,
});

/** The webhook settings of the key's workspace. */
export const webhooksGetEndpoint = defineEndpoint<null>({
  method: 'GET',
  path: '/user/webhooks',
  permission: 'webhooks.read',
  check: nothingToCheck,
  answer: ({ key }) => ok(webhookSettingsBody(key.workspace.webhooks)),
});

/** Changes the webhook settings of the key's workspace; answers what they are now. */
export const webhooksPutEndpoint = defineEndpoint<WebhookSettings>({
  method: 'PUT',
  path: '/user/webhooks',
  permission: 'webhooks.write',
  check: ({ body, key }) => changeWebhookSettings(body, key.workspace.webhooks),
  answer({ key }, settings) {
    key.workspace.webhooks = settings;
    return ok(webhookSettingsBody(settings));
  },
});
