/** The provider's permission names; `*` grants every one of them. */
export const SCOPES = [
  'sms.send',
  'sms.read',
  'balance.read',
  'pricing.read',
  'payments.read',
  'webhooks.read',
  'webhooks.write',
] as const;
export type Scope = (typeof SCOPES)[number];

/** Who asks. */
export interface Viewer {
  /** The token's `sub`; null for an anonymous caller (sandbox, `AUTH=none`). */
  readonly subject: string | null;
  readonly workspace: string;
  /** Permission names as granted, possibly `*`. */
  readonly scopes: readonly string[];
  readonly isSandbox: boolean;
}

export const hasScope = (viewer: Viewer, scope: Scope): boolean =>
  viewer.scopes.includes('*') || viewer.scopes.includes(scope);
