import { measureText } from '../../domain/segments.ts';
import type { WorkspaceState } from '../accounts/account-state.ts';
import { drawNumber } from '../chance/fictional-numbers.ts';
import { sampleSender, sampleText } from '../chance/sample-messages.ts';
import type { SeededRandom } from '../chance/seeded-random.ts';
import type { MessageRecord } from '../messages/message-record.ts';
import { createMessageId, createTelecomMessageId, type MessageStamp } from '../messages/message-stamps.ts';
import { statusCodeOf } from '../messages/message-status.ts';
import { rateOf } from '../prices/rates.ts';

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
