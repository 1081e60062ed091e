/** One attempt to post an event, as `GET /user/webhooks/logs` tells it. */
export interface WebhookAttemptRecord {
  readonly id: number;
  readonly event: 'delivery' | 'test';
  readonly messageId: string;
  readonly url: string;
  /** 1 to 3. */
  readonly attempt: number;
  readonly attemptedAtMs: number;
  /** Null when no answer came. */
  readonly httpStatus: number | null;
  readonly isSuccessful: boolean;
  readonly error: string | null;
}

/** How many attempts a workspace's log remembers. */
export const WEBHOOK_LOG_LENGTH = 1_000;
