import type { WebhookAttemptRecord } from '../../delivery/webhook-log.ts';
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
