import { addDecimals } from '../../domain/decimal.ts';
import type { Message } from '../../domain/message.ts';
import type { Encoding } from '../../domain/segments.ts';
import type { RecipientResult, SendReceipt } from '../../domain/send.ts';

const DEFAULT_ENCODING: Encoding = 'GSM_7';

/**
 * The answer that never came, put together from the messages it left in the history. A recipient without a message was not
 * accepted; why (a blocked country, most likely) the history does not tell. The cost is what is billed so far.
 *
 * @param messages of one batch
 */
export function receiptFromHistory(
  recipients: readonly string[],
  messages: readonly Message[],
  isSandbox: boolean,
): SendReceipt {
  const byRecipient = new Map(messages.map((message) => [message.recipient, message]));
  return {
    recipients: recipients.map((recipient) => toRecipientResult(recipient, byRecipient.get(recipient))),
    summary: {
      totalRecipients: recipients.length,
      totalSegments: messages.reduce((sum, message) => sum + (message.segments ?? 0), 0),
      totalCost: messages.reduce((sum, { cost }) => (cost === null ? sum : addDecimals(sum, cost)), '0'),
      encoding: messages[0]?.encoding ?? DEFAULT_ENCODING,
      acceptedCount: messages.length,
      blockedCount: 0,
      queueErrorCount: 0,
      configErrorCount: 0,
      dbErrorCount: 0,
    },
    isSandbox,
  };
}

const toRecipientResult = (recipient: string, message: Message | undefined): RecipientResult => ({
  recipient,
  status: message === undefined ? 'UNRECOGNIZED' : 'ACCEPTED',
  messageId: message?.messageId ?? null,
  segments: message?.segments ?? null,
});
