/** One POST of the provider, as it came over the wire. */
export interface WebhookPost {
  readonly workspace: string;
  readonly rawBody: Buffer;
  /** Of `X-Webhook-Timestamp`; null when it is absent. */
  readonly timestamp: string | null;
  /** Of `X-Webhook-Signature`; null when it is absent. */
  readonly signature: string | null;
}

/** @returns the HTTP status to answer with */
export type ReceiveWebhook = (post: WebhookPost) => Promise<number>;
