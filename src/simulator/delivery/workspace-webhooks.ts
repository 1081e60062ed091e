/** Where a workspace's events go. */
export interface WebhookSettings {
  readonly deliveryUrl: string | null;
  readonly clickUrl: string | null;
  readonly conversionUrl: string | null;
  readonly deliveryFields: readonly string[];
  readonly conversionFields: readonly string[];
  readonly uniqueClicksOnly: boolean;
  readonly signingSecret: string | null;
}

export const noWebhooks = (): WebhookSettings => ({
  deliveryUrl: null,
  clickUrl: null,
  conversionUrl: null,
  deliveryFields: [],
  conversionFields: [],
  uniqueClicksOnly: false,
  signingSecret: null,
});

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

/** A workspace as far as its webhooks go. */
export interface WorkspaceWebhooks {
  readonly id: string;
  webhooks: WebhookSettings;
  /** Oldest first. */
  readonly webhookLog: WebhookAttemptRecord[];
}
