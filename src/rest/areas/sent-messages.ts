import { type Clock, toInstant } from '../../domain/clock.ts';
import type { Message } from '../../domain/message.ts';
import { parseMessageId } from '../../domain/message-id.ts';
import type { SendReceipt, SendRequest } from '../../domain/send.ts';

/** The accepted messages of a send as far as its request and answer tell, without asking for them. */
export function messagesOfReceipt(
  request: SendRequest,
  receipt: SendReceipt,
  clock: Clock,
): readonly Message[] {
  const { summary, recipients } = receipt;
  // The cost is told for all of them together: only of a single one it is known exactly.
  const cost = summary.acceptedCount === 1 && summary.totalRecipients === 1 ? summary.totalCost : null;
  return recipients.flatMap(({ recipient, status, messageId, segments }) => {
    if (status !== 'ACCEPTED' || messageId === null) return [];
    const message: Message = {
      messageId,
      recipient,
      sender: request.sender,
      text: request.text,
      encoding: summary.encoding,
      segments,
      status: 'PENDING',
      rawStatus: 'pending',
      statusCode: null,
      cost,
      createdAt: toInstant(parseMessageId(messageId)?.sentAtMs ?? clock.now()),
      deliveredAt: null,
    };
    return [message];
  });
}
