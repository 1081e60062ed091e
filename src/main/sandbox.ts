import type { WorkspaceConfig } from '../config/workspace-config.ts';
import type { Clock } from '../domain/clock.ts';
import { SANDBOX_ACCOUNT } from '../simulator/accounts/sandbox-account.ts';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import type { SimulatorOptions } from '../simulator/simulator-options.ts';

/** The provider of the sandbox: the simulator, with the key that the settings made up. */
export function startSandbox(
  workspace: WorkspaceConfig,
  options: { readonly clock: Clock } & Partial<SimulatorOptions>,
): Promise<Simulator> {
  const keys = [...SANDBOX_ACCOUNT.keys, { key: workspace.apiKey }];
  return startSimulator({ accounts: [{ ...SANDBOX_ACCOUNT, id: workspace.id, keys }], ...options });
}

/** Reports go to the gateway that the sandbox belongs to, once it is known where that listens. */
export function pointWebhookAt(simulator: Simulator, workspace: WorkspaceConfig, gatewayUrl: string): void {
  simulator.setWebhook(workspace.id, `${gatewayUrl}/webhooks/delivery`, workspace.webhookSecrets[0] ?? null);
}
