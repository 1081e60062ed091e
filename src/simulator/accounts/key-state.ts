import type { WorkspaceState } from './account-state.ts';
import { createSignatureLedger, type SignatureLedger } from './request-signature.ts';
import type { SimulatorKey } from './simulator-account.ts';

/** An API key, bound to one workspace. */
export interface KeyState {
  readonly secret: string | null;
  readonly permissions: ReadonlySet<string>;
  readonly workspace: WorkspaceState;
  readonly isSandbox: boolean;
  readonly state: 'active' | 'inactive' | 'expired';
  /** Null: every address may. */
  readonly allowedIps: ReadonlySet<string> | null;
  readonly usedSignatures: SignatureLedger;
}

const SANDBOX_PREFIX = 'sk_test_';

export const openKey = (config: SimulatorKey, workspace: WorkspaceState): KeyState => ({
  secret: config.secret ?? null,
  permissions: new Set(config.permissions ?? ['*']),
  workspace,
  isSandbox: config.key.startsWith(SANDBOX_PREFIX),
  state: config.state ?? 'active',
  allowedIps: config.allowedIps === undefined ? null : new Set(config.allowedIps),
  usedSignatures: createSignatureLedger(),
});

export const isPermitted = (key: KeyState, permission: string): boolean =>
  key.permissions.has('*') || key.permissions.has(permission);
