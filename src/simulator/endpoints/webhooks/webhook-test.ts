import { ok } from '../../api/answer.ts';
import { ApiProblem } from '../../api/api-problem.ts';
import { type ApiCall, defineEndpoint } from '../../api/endpoint.ts';
import type { WebhookEvent } from '../../delivery/webhook-sender.ts';
import { encodeJson } from '../../formats/json-text.ts';
import { costNumber } from '../../formats/money.ts';
import { isoSeconds } from '../../formats/timestamps.ts';
import { webhookLogRow } from './webhook-logs.ts';

/** A delivery report of a message that never was. */
function testEvent({ world }: ApiCall): WebhookEvent {
  const now = world.time.now();
  const messageId = `test_${now}`;
  const body = encodeJson({
    message_id: messageId,
    recipient: '+14155551234',
    sender_id: 'MyApp',
    status: 'DELIVRD',
    status_code: '000',
    num_parts: 1,
    cost: costNumber(0),
    timestamp: isoSeconds(now),
  });
  return { event: 'test', messageId, body };
}

/** Posts one report to the delivery URL, and answers what came of it. */
export const webhooksTestEndpoint = defineEndpoint<string>({
  method: 'POST',
  path: '/user/webhooks/test',
  permission: 'webhooks.write',
  check({ key }) {
    const url = key.workspace.webhooks.deliveryUrl;
    if (url === null) throw new ApiProblem('INVALID_URL', 'No delivery_url is set.');
    return url;
  },
  async answer(call, url) {
    const attempt = await call.world.webhooks.tryOnce(call.key.workspace, url, testEvent(call));
    return ok({ status: true, result: webhookLogRow(attempt) });
  },
});
