import type { AcceptedMessages } from './accepted-messages.ts';
import type { AccountState, WorkspaceState } from './account-state.ts';
import type { StartDelivery } from './delivery-flow.ts';
import type { KeyState } from './key-state.ts';
import type { MessageStamp } from './message-stamps.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { SimulatorTime } from './simulator-time.ts';
import type { WebhookSender } from './webhook-sender.ts';

/** Everything the endpoints work on. */
export interface World {
  readonly time: SimulatorTime;
  readonly keys: ReadonlyMap<string, KeyState>;
  readonly accounts: ReadonlyMap<string, AccountState>;
  readonly workspaces: ReadonlyMap<string, WorkspaceState>;
  readonly webhooks: WebhookSender;
  readonly startDelivery: StartDelivery;
  readonly nextStamp: () => MessageStamp;
  /** Draws the random part of message ids. */
  readonly messageIds: SeededRandom;
  readonly accepted: AcceptedMessages;
  readonly exports: ExportRun[];
}

/** One CSV export, for tests that watch it stop. */
export interface ExportRun {
  rows: number;
  isOver: boolean;
}
