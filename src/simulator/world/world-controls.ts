import { changeCondition, type WorkspaceState } from '../accounts/account-state.ts';
import type { AccountCondition } from '../accounts/simulator-account.ts';
import type { SeededRandom } from '../chance/seeded-random.ts';
import { createArrival } from './arrivals.ts';
import type { World } from './world.ts';

/** @throws RangeError when there is no such workspace; without an id it is the first one */
export function findWorkspace({ workspaces }: World, id?: string): WorkspaceState {
  const [first] = workspaces.values();
  const found = id === undefined ? first : workspaces.get(id);
  if (found === undefined) throw new RangeError(`The simulator has no workspace ${id}.`);
  return found;
}

export function setWebhook(
  workspace: WorkspaceState,
  deliveryUrl: string | null,
  signingSecret: string | null,
): void {
  workspace.webhooks = { ...workspace.webhooks, deliveryUrl, signingSecret };
}

/** @throws RangeError when there is no such account */
export function changeAccount(world: World, id: string, change: Partial<AccountCondition>): void {
  const account = world.accounts.get(id);
  if (account === undefined) throw new RangeError(`The simulator has no account ${id}.`);
  changeCondition(account, change, world.time.now());
}

export function addArrivals(
  world: World,
  workspace: WorkspaceState,
  count: number,
  random: SeededRandom,
): readonly string[] {
  return Array.from({ length: count }, () => {
    const arrival = createArrival(workspace, world.nextStamp(), random);
    workspace.live.append(arrival);
    return arrival.messageId;
  });
}

export const countMessages = ({ workspaces }: World): number =>
  [...workspaces.values()].reduce((sum, { live }) => sum + live.api.length, 0);
