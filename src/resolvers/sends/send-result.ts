import { type Clock, toInstant } from '../../domain/clock.ts';
import type { Message } from '../../domain/message.ts';
import { parseMessageId } from '../../domain/message-id.ts';
import type { RecipientResult, SendReceipt, SendRequest, SendSummary } from '../../domain/send.ts';

export interface SendResult {
  readonly recipients: readonly SentRecipient[];
  readonly summary: SendSummary;
  readonly isSandbox: boolean;
  /** The key was used before: this is what became of that send; nothing was sent now. */
  readonly isReplay: boolean;
}

export interface SentRecipient extends RecipientResult {
  /** The message as it is right after the send, known without asking; null when it must be asked for. */
  readonly freshMessage: Message | null;
}

/** A send that was just made: its messages are known from the request and the answer. */
export function toFreshResult(request: SendRequest, receipt: SendReceipt, clock: Clock): SendResult {
  const recipients = receipt.recipients.map((result) => ({
    ...result,
    freshMessage: toFreshMessage(request, receipt, result, clock),
  }));
  return { ...receipt, recipients, isReplay: false };
}

/** An earlier send: its messages may have moved on since. */
export const toReplayedResult = (receipt: SendReceipt): SendResult => ({
  ...receipt,
  recipients: receipt.recipients.map((result) => ({ ...result, freshMessage: null })),
  isReplay: true,
});

function toFreshMessage(
  { text, sender }: SendRequest,
  { summary }: SendReceipt,
  { messageId, recipient, segments }: RecipientResult,
  clock: Clock,
): Message | null {
  if (messageId === null) return null;
  return {
    messageId,
    recipient,
    sender,
    text,
    encoding: summary.encoding,
    segments,
    status: 'PENDING',
    rawStatus: 'pending',
    statusCode: null,
    cost: null,
    createdAt: toInstant(parseMessageId(messageId)?.sentAtMs ?? clock.now()),
    deliveredAt: null,
  };
}
