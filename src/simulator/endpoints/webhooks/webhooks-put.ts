import { ok } from '../../api/answer.ts';
import { defineEndpoint } from '../../api/endpoint.ts';
import type { WebhookSettings } from '../../delivery/webhook-settings.ts';
import { webhookSettingsBody } from './webhook-settings-body.ts';
import { changeWebhookSettings } from './webhook-settings-change.ts';

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
