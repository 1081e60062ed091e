import type { Encoding } from '../../../domain/segments.ts';
import type { JsonValue } from '../../formats/json-text.ts';
import { costNumber } from '../../formats/money.ts';
import type { MessageRecord } from '../../messages/message-record.ts';
import type { AdmittedSend } from './admission.ts';
import type { QueuedRecipient } from './queue-messages.ts';

const ENCODING_NAMES = { GSM_7: 'GSM-7', UCS_2: 'UCS-2' } as const satisfies Record<Encoding, string>;

const acceptedMessages = (queued: readonly QueuedRecipient[]): readonly MessageRecord[] =>
  queued.flatMap(({ message }) => (message === null ? [] : [message]));

export const totalCost = (queued: readonly QueuedRecipient[]): number =>
  acceptedMessages(queued).reduce((sum, { cost }) => sum + cost, 0);

/** One entry of `results`; what was not queued has no id, and what was skipped has no segments either. */
function resultRow({ recipient, admission, message }: QueuedRecipient, segments: number): JsonValue {
  return {
    dnis: recipient,
    message_id: message?.messageId,
    segments: message === null && admission !== 'queue_error' ? undefined : segments,
    status: admission,
  };
}

function summary(send: AdmittedSend, queued: readonly QueuedRecipient[]): JsonValue {
  const countOf = (status: string) => queued.filter(({ admission }) => admission === status).length;
  return {
    total_recipients: queued.length,
    total_segments: countOf('accepted') * send.segments,
    total_cost: costNumber(totalCost(queued)),
    encoding: ENCODING_NAMES[send.encoding],
    accepted_count: countOf('accepted'),
    blocked_count: countOf('blocked_country'),
    queue_error_count: countOf('queue_error'),
    config_error_count: countOf('config_error'),
    db_error_count: 0,
  };
}

/** The body of an answered send: `messages` holds the accepted ones, `results` every recipient. */
export const sendAnswerBody = (
  send: AdmittedSend,
  queued: readonly QueuedRecipient[],
  isSandbox: boolean,
): JsonValue => ({
  status: true,
  sandbox: isSandbox ? true : undefined,
  messages: acceptedMessages(queued).map(({ recipient, messageId, segments }) => ({
    dnis: recipient,
    message_id: messageId,
    segment_num: segments,
  })),
  results: queued.map((recipient) => resultRow(recipient, send.segments)),
  summary: summary(send, queued),
});
