import { measureText } from '../domain/segments.ts';
import type { WorkspaceState } from './account-state.ts';
import { statusCodeOf } from './delivery-plan.ts';
import { drawNumber } from './fictional-numbers.ts';
import type { MessageRecord } from './message-record.ts';
import { createMessageId, createTelecomMessageId, type MessageStamp } from './message-stamps.ts';
import { rateOf } from './rates.ts';
import { sampleSender, sampleText } from './sample-messages.ts';
import type { SeededRandom } from './seeded-random.ts';

/** A message that somebody else sent over the same workspace just now, delivered already: it stands at the head. */
export function createArrival(
  workspace: WorkspaceState,
  stamp: MessageStamp,
  random: SeededRandom,
): MessageRecord {
  const { recipient, country } = drawNumber(random);
  const text = sampleText(random);
  const { segments } = measureText(text);
  return {
    id: workspace.live.nextId(),
    messageId: createMessageId(workspace.account.userId, stamp, random),
    source: 'api',
    recipient,
    country,
    senderId: sampleSender(random),
    text,
    segments,
    createdAtMs: stamp.atMs,
    cost: rateOf(recipient) * segments,
    status: 'DELIVRD',
    statusCode: statusCodeOf('DELIVRD'),
    deliveredAtMs: stamp.atMs,
    telecomMessageId: createTelecomMessageId(random),
    engagement: null,
  };
}
