/** Where the provider posts delivery reports, clicks and conversions of a workspace. The secret is never readable. */
export interface WebhookSettings {
  readonly deliveryUrl: string | null;
  readonly clickUrl: string | null;
  readonly conversionUrl: string | null;
  readonly deliveryFields: readonly string[];
  readonly conversionFields: readonly string[];
  readonly uniqueClicksOnly: boolean | null;
  readonly isSigningSecretSet: boolean;
}

/** A partial update: an absent member keeps its value; a null URL switches that webhook off. */
export interface WebhookSettingsChange {
  readonly deliveryUrl?: string | null;
  readonly clickUrl?: string | null;
  readonly conversionUrl?: string | null;
  readonly deliveryFields?: readonly string[];
  readonly conversionFields?: readonly string[];
  readonly uniqueClicksOnly?: boolean;
  readonly signingSecret?: string;
  readonly clearSigningSecret?: boolean;
}

/** One attempt of the provider to deliver a webhook. */
export interface WebhookAttempt {
  readonly attemptId: string;
  readonly event: string | null;
  readonly url: string | null;
  readonly httpStatus: number | null;
  readonly isSuccessful: boolean | null;
  readonly attemptedAt: string | null;
}
