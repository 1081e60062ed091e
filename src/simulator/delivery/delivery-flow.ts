import type { SeededRandom } from '../chance/seeded-random.ts';
import type { MessageJournal } from '../messages/message-journal.ts';
import type { MessageRecord } from '../messages/message-record.ts';
import { createTelecomMessageId } from '../messages/message-stamps.ts';
import { statusCodeOf } from '../messages/message-status.ts';
import type { SimulatorTime } from '../time/simulator-time.ts';
import type { SimulatorTimings } from '../time/timings.ts';
import { encodeDeliveryEvent } from './delivery-event.ts';
import type { DeliveryStep } from './delivery-plan.ts';
import { findMagicNumber, ORDINARY_PLAN } from './magic-numbers.ts';
import type { WebhookSender } from './webhook-sender.ts';
import type { WorkspaceWebhooks } from './workspace-webhooks.ts';

export interface DeliveryFlowParts {
  readonly time: SimulatorTime;
  readonly timings: SimulatorTimings;
  readonly random: SeededRandom;
  readonly webhooks: WebhookSender;
}

/** Takes an accepted message through what its recipient's number has in store for it. */
export type StartDelivery = (
  workspace: WorkspaceWebhooks,
  journal: MessageJournal,
  message: MessageRecord,
) => void;

export function createDeliveryFlow({ time, timings, random, webhooks }: DeliveryFlowParts): StartDelivery {
  const telecomIds = random.fork('telecom ids');

  async function report(
    workspace: WorkspaceWebhooks,
    message: MessageRecord,
    step: DeliveryStep,
  ): Promise<void> {
    if (step.report === null) return;
    const { status, occurredAfterMs, copies } = step.report;
    const body = encodeDeliveryEvent(workspace, message, status, message.createdAtMs + occurredAfterMs);
    const event = { event: 'delivery', messageId: message.messageId, body } as const;
    for (let copy = 0; copy < copies; copy += 1) await webhooks.deliver(workspace, event);
  }

  function enter(journal: MessageJournal, message: MessageRecord, status: string): void {
    message.status = status;
    message.statusCode = statusCodeOf(status);
    if (status === 'sent') message.telecomMessageId = createTelecomMessageId(telecomIds);
    if (status === 'DELIVRD') message.deliveredAtMs = time.now();
    if (status === 'failed') message.cost = 0; // what never left is not billed
    journal.noteStatus(message);
  }

  return (workspace, journal, message) => {
    const plan = findMagicNumber(message.recipient)?.plan ?? ORDINARY_PLAN;
    for (const step of plan(timings)) {
      time.after(step.afterMs, () => {
        if (step.status !== null) enter(journal, message, step.status);
        return report(workspace, message, step);
      });
    }
  };
}
