import { encodeJson, type JsonValue } from '../formats/json-text.ts';
import { costNumber } from '../formats/money.ts';
import { isoSeconds } from '../formats/timestamps.ts';
import type { MessageRecord } from '../messages/message-record.ts';
import { statusCodeOf } from '../messages/message-status.ts';
import type { WorkspaceWebhooks } from './workspace-webhooks.ts';

/** The body of a delivery webhook, as it goes over the wire. */
export function encodeDeliveryEvent(
  workspace: WorkspaceWebhooks,
  message: MessageRecord,
  status: string,
  occurredAtMs: number,
): string {
  return encodeJson({
    message_id: message.messageId,
    recipient: message.recipient,
    sender_id: message.senderId,
    status,
    status_code: statusCodeOf(status),
    num_parts: message.segments,
    cost: costNumber(message.cost),
    timestamp: isoSeconds(occurredAtMs),
    ...optionalFields(workspace, message),
  });
}

/** Fields that a workspace gets only when it asked for them in `delivery_fields`. */
function optionalFields(workspace: WorkspaceWebhooks, message: MessageRecord): { [key: string]: JsonValue } {
  const asked = workspace.webhooks.deliveryFields;
  return {
    ...(asked.includes('workspace_id') ? { workspace_id: workspace.id } : {}),
    ...(asked.includes('telecom_message_id') ? { telecom_message_id: message.telecomMessageId } : {}),
  };
}
