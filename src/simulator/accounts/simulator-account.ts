/** What an account can be switched into while the simulator runs. */
export interface AccountCondition {
  /** False: every call is `401 USER_NOT_ACTIVE`. */
  readonly isActive: boolean;
  /** In the account's currency, such as `1250.50`. */
  readonly balance: string;
  /** What every send is refused with (403). */
  readonly sendRefusal: 'NO_SMS_ACCESS' | 'CONFIG_ERROR' | 'WORKSPACE_NOT_AVAILABLE' | null;
  /** ISO 3166-1 alpha-2; recipients there are skipped. */
  readonly blockedCountries: readonly string[];
  /** How well the cache behind balance, pricing and payments does. */
  readonly gatewayState: 'ok' | 'partial' | 'unavailable';
  /** True: pricing and payments answer that the account is in setup. */
  readonly isInSetup: boolean;
  /** False: sandbox keys get `503 SANDBOX_UNAVAILABLE`. */
  readonly isSandboxAvailable: boolean;
  /** Makes the export give this many generated rows instead of the account's own messages. */
  readonly exportRows: number | null;
}

export const HEALTHY_CONDITION: AccountCondition = {
  isActive: true,
  balance: '1250.50',
  sendRefusal: null,
  blockedCountries: ['KP'],
  gatewayState: 'ok',
  isInSetup: false,
  isSandboxAvailable: true,
  exportRows: null,
};

export interface SimulatorKey {
  /** Starts with `sk_test_` for a sandbox key; any other key is live. */
  readonly key: string;
  /** Given: every request with this key must be signed with it. */
  readonly secret?: string;
  /** @default ['*'] */
  readonly permissions?: readonly string[];
  /** The workspace the key is bound to. @default the account's id */
  readonly workspace?: string;
  /** @default 'active' */
  readonly state?: 'active' | 'inactive' | 'expired';
  /** Addresses the key may be used from. @default any */
  readonly allowedIps?: readonly string[];
}

export interface SimulatorWebhook {
  readonly deliveryUrl: string;
  /** Without it reports are not signed. */
  readonly signingSecret?: string;
  readonly deliveryFields?: readonly string[];
}

/** How much the past holds. */
export interface SimulatorHistory {
  readonly days: number;
  readonly messages: number;
  /** Rows of campaigns beside the messages of the API. @default a quarter of the messages */
  readonly campaignMessages?: number;
}

export interface SimulatorAccount extends Partial<AccountCondition> {
  /** Names the account, and its first workspace. */
  readonly id: string;
  /** The number in message ids. @default 42 for the first account, then 43, … */
  readonly userId?: number;
  /** @default 'EUR' */
  readonly currency?: string;
  readonly keys: readonly SimulatorKey[];
  /** Of the first workspace. */
  readonly webhook?: SimulatorWebhook;
  /** Of the first workspace. */
  readonly history?: SimulatorHistory;
}
