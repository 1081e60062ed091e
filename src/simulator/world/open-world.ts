import {
  type AccountState,
  openAccount,
  openWorkspace,
  type WorkspaceState,
} from '../accounts/account-state.ts';
import { type KeyState, openKey } from '../accounts/key-state.ts';
import { SANDBOX_ACCOUNT } from '../accounts/sandbox-account.ts';
import type { SimulatorAccount, SimulatorHistory } from '../accounts/simulator-account.ts';
import type { SeededRandom } from '../chance/seeded-random.ts';
import { createDeliveryFlow } from '../delivery/delivery-flow.ts';
import { createWebhookSender } from '../delivery/webhook-sender.ts';
import { noWebhooks } from '../delivery/workspace-webhooks.ts';
import { createAcceptedMessages } from '../messages/accepted-messages.ts';
import { createStampSource } from '../messages/message-stamps.ts';
import type { SimulatorTime } from '../time/simulator-time.ts';
import { DEFAULT_TIMINGS, type SimulatorTimings } from '../time/timings.ts';
import { fillHistory } from './history.ts';
import type { World } from './world.ts';

export interface WorldOptions {
  /** @default one: SANDBOX_ACCOUNT */
  readonly accounts?: readonly SimulatorAccount[];
  /** The past of accounts that name none of their own. @default none */
  readonly history?: SimulatorHistory;
  readonly timings?: Partial<SimulatorTimings>;
}

interface Registry {
  readonly accounts: Map<string, AccountState>;
  readonly workspaces: Map<string, WorkspaceState>;
  readonly keys: Map<string, KeyState>;
}

function registerAccount(registry: Registry, config: SimulatorAccount, time: SimulatorTime): WorkspaceState {
  const now = () => time.now();
  const account = openAccount(config, registry.accounts.size, time.now());
  registry.accounts.set(account.id, account);
  const workspaceOf = (id: string): WorkspaceState => {
    const workspace = registry.workspaces.get(id) ?? openWorkspace(id, account, now);
    if (workspace.account !== account) throw new Error(`Workspace ${id} belongs to two accounts.`);
    registry.workspaces.set(id, workspace);
    return workspace;
  };
  const first = workspaceOf(config.id);
  for (const key of config.keys)
    registry.keys.set(key.key, openKey(key, workspaceOf(key.workspace ?? config.id)));
  return first;
}

function furnish(
  workspace: WorkspaceState,
  { webhook, history }: Pick<SimulatorAccount, 'webhook' | 'history'>,
  random: SeededRandom,
  nowMs: number,
): void {
  if (webhook !== undefined) {
    const { deliveryUrl, signingSecret = null, deliveryFields = [] } = webhook;
    workspace.webhooks = { ...noWebhooks(), deliveryUrl, signingSecret, deliveryFields };
  }
  if (history !== undefined)
    fillHistory(workspace, history, random.fork(`history of ${workspace.id}`), nowMs);
}

function openRegistry(options: WorldOptions, time: SimulatorTime, random: SeededRandom): Registry {
  const registry: Registry = { accounts: new Map(), workspaces: new Map(), keys: new Map() };
  const configs: readonly SimulatorAccount[] = options.accounts ?? [SANDBOX_ACCOUNT];
  for (const config of configs) {
    const workspace = registerAccount(registry, config, time);
    const history = config.history ?? options.history;
    const { webhook } = config;
    furnish(workspace, { ...(webhook && { webhook }), ...(history && { history }) }, random, time.now());
  }
  return registry;
}

/** Builds the accounts, their past, and what makes messages move. */
export function openWorld(options: WorldOptions, time: SimulatorTime, random: SeededRandom): World {
  const timings = { ...DEFAULT_TIMINGS, ...options.timings };
  const webhooks = createWebhookSender(time, timings);
  return {
    ...openRegistry(options, time, random),
    time,
    webhooks,
    startDelivery: createDeliveryFlow({ time, timings, random, webhooks }),
    nextStamp: createStampSource(() => time.now(), random.fork('stamps')),
    messageIds: random.fork('message ids'),
    accepted: createAcceptedMessages(),
    exports: [],
  };
}
