/** One workspace at the provider, and what it takes to act in it. */
export interface WorkspaceConfig {
  readonly id: string;
  readonly apiKey: string;
  /** When set, every request is signed. */
  readonly apiSecret: string | null;
  /** Any of these may have signed a delivery report; newest first. */
  readonly webhookSecrets: readonly string[];
}

export const MAX_WEBHOOK_SECRET_LENGTH = 64; // the provider's bound on `signing_secret`
export const API_KEY_FORM = /^[\x21-\x7e]+$/; // it travels in a header
