/** Where a workspace's events go. */
export interface WebhookSettings {
  deliveryUrl: string | null;
  clickUrl: string | null;
  conversionUrl: string | null;
  deliveryFields: readonly string[];
  conversionFields: readonly string[];
  uniqueClicksOnly: boolean;
  signingSecret: string | null;
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
