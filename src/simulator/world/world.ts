import type { AccountState, WorkspaceState } from '../accounts/account-state.ts';
import type { KeyState } from '../accounts/key-state.ts';
import type { SeededRandom } from '../chance/seeded-random.ts';
import type { StartDelivery } from '../delivery/delivery-flow.ts';
import type { WebhookSender } from '../delivery/webhook-sender.ts';
import type { AcceptedMessages } from '../messages/accepted-messages.ts';
import type { MessageStamp } from '../messages/message-stamps.ts';
import type { SimulatorTime } from '../time/simulator-time.ts';

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
