import { ok } from '../../api/answer.ts';
import { defineEndpoint } from '../../api/endpoint.ts';
import { type PageParameters, readPage } from '../../api/paging.ts';
import type { WebhookAttemptRecord } from '../../delivery/workspace-webhooks.ts';
import type { JsonValue } from '../../formats/json-text.ts';
import { isoSeconds } from '../../formats/timestamps.ts';

/** An attempt as the log endpoint and the test endpoint tell it. */
export const webhookLogRow = (attempt: WebhookAttemptRecord): JsonValue => ({
  id: attempt.id,
  event: attempt.event,
  message_id: attempt.messageId,
  url: attempt.url,
  attempt: attempt.attempt,
  http_status: attempt.httpStatus,
  success: attempt.isSuccessful,
  error: attempt.error,
  created_at: isoSeconds(attempt.attemptedAtMs),
});

/** The attempts to post webhooks, newest first. */
export const webhooksLogsEndpoint = defineEndpoint<PageParameters>({
  method: 'GET',
  path: '/user/webhooks/logs',
  permission: 'webhooks.read',
  check: ({ query }) => readPage(query),
  answer({ key }, { page, limit }) {
    const newestFirst = key.workspace.webhookLog.toReversed();
    const rows = newestFirst.slice((page - 1) * limit, page * limit);
    return ok({ logs: rows.map(webhookLogRow), total: newestFirst.length, page, limit });
  },
});
