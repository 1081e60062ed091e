import { ok } from '../../api/answer.ts';
import { ApiProblem } from '../../api/api-problem.ts';
import { defineEndpoint } from '../../api/endpoint.ts';
import { costNumber } from '../../formats/money.ts';
import { isoSeconds, isoSecondsOrNull } from '../../formats/timestamps.ts';
import type { MessageRecord } from '../../messages/message-record.ts';

/** One message. Before delivery `delivered_at` is null here; the lists leave it out. */
export const statusEndpoint = defineEndpoint<MessageRecord>({
  method: 'GET',
  path: '/sms/status/:message_id',
  permission: 'sms.read',
  check({ journal, pathParameter }) {
    const message = journal.find(pathParameter);
    if (message === undefined) throw new ApiProblem('NOT_FOUND', 'There is no such message.');
    return message;
  },
  answer: (_call, message) =>
    ok({
      status: true,
      message: {
        message_id: message.messageId,
        telecom_message_id: message.telecomMessageId ?? undefined,
        recipient: message.recipient,
        segments: message.segments,
        message: message.text,
        sender_id: message.senderId,
        status: message.status,
        status_code: message.statusCode,
        cost: costNumber(message.cost),
        created_at: isoSeconds(message.createdAtMs),
        delivered_at: isoSecondsOrNull(message.deliveredAtMs),
      },
    }),
});
