import type { WorkspaceConfig } from '../config/workspace-config.ts';
import type { ReceiveWebhook } from '../server/contracts/receive-webhook.ts';
import { createWebhookReceiver, type WebhookReceiverOptions } from '../subscriptions/webhook.ts';

const NOT_FOUND = 404;

/** Gives the receiver the secrets of the workspace that a report is posted to. */
export function createWebhookIntake(
  workspaces: readonly WorkspaceConfig[],
  options: WebhookReceiverOptions,
): ReceiveWebhook {
  const secretsOf = new Map(workspaces.map(({ id, webhookSecrets }) => [id, webhookSecrets]));
  const receiver = createWebhookReceiver(options);

  return async (post) => {
    const secrets = secretsOf.get(post.workspace);
    if (secrets === undefined) {
      options.metrics.webhooks.inc({ verdict: 'unknown_workspace' });
      return NOT_FOUND;
    }
    const { timestamp, signature } = post;
    const headers = { timestamp: timestamp ?? undefined, signature: signature ?? undefined };
    return (await receiver.receive({ ...post, ...headers, secrets })).status;
  };
}
