import { ok } from '../../api/answer.ts';
import { defineEndpoint, nothingToCheck } from '../../api/endpoint.ts';
import { webhookSettingsBody } from './webhook-settings-body.ts';

/** The webhook settings of the key's workspace. */
export const webhooksGetEndpoint = defineEndpoint<null>({
  method: 'GET',
  path: '/user/webhooks',
  permission: 'webhooks.read',
  check: nothingToCheck,
  answer: ({ key }) => ok(webhookSettingsBody(key.workspace.webhooks)),
});
